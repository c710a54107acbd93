using System.Text.Json;

namespace Dragoman.Tests.Configuration;

/// <summary>Secrets are named, not written: where they are looked for, and what is said of them.</summary>
public sealed class SecretTests
{
    [Theory]
    [InlineData("s3cret\n")]
    [InlineData("s3cret\r\n")]
    [InlineData("s3cret")]
    public void A_secret_file_begins_at_the_configurations_folder_and_its_last_line_feed_is_no_part_of_it(string content)
    {
        using var folder = new ConfigFolder("""{ "key": "file:gateway.key", "providers": { "up": { "type": "openai", "url": "http://x/v1", "apiKey": "file:sub/../up.key", "headers": { "x-a": "file:up.key" }, "body": { "apiKey": "file:mine" } } } }""");
        File.WriteAllText(folder.At("gateway.key"), content);
        File.WriteAllText(folder.At("up.key"), content);
        var options = ConfigFile.Load(folder.File);
        Assert.Equal("s3cret", Secret.Resolve(options.Key));
        Assert.Equal("s3cret", Secret.Resolve(options.Providers["up"].GetProperty("apiKey").GetString()));
        Assert.Equal("s3cret", Secret.Resolve(options.Providers["up"].GetProperty("headers").GetProperty("x-a").GetString()));
        // What is passed on to the upstream is its own business.
        Assert.Equal("file:mine", options.Providers["up"].GetProperty("body").GetProperty("apiKey").GetString());
        Assert.Equal([folder.At("gateway.key"), folder.At("up.key")], SecretSettings.Files(options));
    }

    [Fact]
    public void A_secret_that_cant_be_had_is_named_by_its_place()
    {
        using var folder = new ConfigFolder();
        File.WriteAllText(folder.At("empty"), "\n");
        File.WriteAllText(folder.At("large"), new string('x', 100_000));
        Assert.Equal($"the file {folder.At("empty")} is empty", Said($"file:{folder.At("empty")}"));
        Assert.StartsWith($"the file {folder.At("none")} can't be read: ", Said($"file:{folder.At("none")}"), StringComparison.Ordinal);
        Assert.Equal($"the file {folder.At("large")} has more than 64 kB, which no secret has", Said($"file:{folder.At("large")}"));
        Assert.Equal("the environment variable DRAGOMAN_TEST_NOT_SET is not set or empty", Said("env:DRAGOMAN_TEST_NOT_SET"));
        Assert.Null(Secret.Resolve(null));
        Assert.Equal("literal", Secret.Resolve("literal"));
    }

    [Fact]
    public void A_secret_that_stands_in_the_file_is_noticed_once_and_not_shown()
    {
        using var folder = new ConfigFolder("""
            {
              "key": "literal-1",
              "providers": {
                "a": { "type": "openai", "url": "http://x/v1", "apiKey": "literal-2", "headers": { "Authorization": "literal-3", "x-title": "my app", "api-key": "env:PATH" } },
                "b": { "type": "anthropic", "url": "http://y", "authToken": "literal-4" },
                "c": { "type": "ollama", "apiKey": "env:PATH" }
              }
            }
            """);
        var notices = ConfigFile.Load(folder.File).Notices.Select(folder.Short).ToList();
        Assert.Equal(
            ["dragoman.json (line 2): key: ", "dragoman.json (line 4): providers.a.apiKey: ", "dragoman.json (line 4): providers.a.headers.Authorization: ", "dragoman.json (line 5): providers.b.authToken: "],
            notices.Select(notice => notice[..(notice.IndexOf(": the secret", StringComparison.Ordinal) + 2)]));
        Assert.All(notices, notice => Assert.DoesNotContain("literal", notice, StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_of_keys_are_secrets_each()
    {
        var section = JsonDocument.Parse("""{"apiKey":["one","env:TWO"],"models":{"m":{"headers":{"x-token":"three"}}}}""").RootElement;
        Assert.Equal(
            [("p.apiKey[0]", "one"), ("p.apiKey[1]", "env:TWO"), ("p.models.m.headers.x-token", "three")],
            SecretSettings.In(section, "p").Select(secret => (secret.Path, secret.Value)));
        Assert.All(["p.apiKey[0]", "p.models.m.headers.x-token", "key", "providers.x.authToken"], path => Assert.True(SecretSettings.IsSecret(path)));
        Assert.All(["host", "providers.x.headers.x-title", "providers.x.url", "providers.key.url"], path => Assert.False(SecretSettings.IsSecret(path)));
    }

    private static string Said(string setting) => Assert.Throws<ConfigException>(() => Secret.Resolve(setting)).Message;
}
