namespace Dragoman;

internal static class Placeholder;
