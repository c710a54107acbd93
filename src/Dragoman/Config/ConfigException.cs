namespace Dragoman;

/// <summary>The configuration is wrong; the message says where and what to write instead.</summary>
public sealed class ConfigException(string message) : Exception(message);
