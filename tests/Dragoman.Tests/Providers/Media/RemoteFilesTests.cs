using Dragoman.Providers.Media;

namespace Dragoman.Tests.Providers.Media;

public sealed class RemoteFilesTests
{
    private static readonly byte[] Picture = [0x89, 0x50, 0x4E, 0x47];

    [Fact]
    public async Task A_file_on_this_machine_is_refused_without_a_connection()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", Picture);
        var files = new RemoteFiles(new FetchOptions());

        var (file, problem) = await files.FetchAsync(server.Url(), "image/", CancellationToken.None);

        Assert.Null(file);
        Assert.Contains("not a public one", problem, StringComparison.Ordinal);
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("http://localhost:1/x.png")]
    [InlineData("http://[::1]:1/x.png")]
    [InlineData("http://[::ffff:127.0.0.1]:1/x.png")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://2130706433:1/x.png")]
    [InlineData("http://0x7f.1:1/x.png")]
    public async Task Other_spellings_of_an_inner_address_are_refused(string url)
    {
        var (file, problem) = await new RemoteFiles(new FetchOptions()).FetchAsync(url, "image/", CancellationToken.None);

        Assert.Null(file);
        Assert.Contains("not a public one", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/x.png")]
    [InlineData("data:image/png;base64,iVBO")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task Only_http_is_fetched(string url)
    {
        var (file, problem) = await new RemoteFiles(new FetchOptions()).FetchAsync(url, "image/", CancellationToken.None);

        Assert.Null(file);
        Assert.Contains("not an http or https address", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_host_that_the_user_allows_is_fetched_once()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", Picture);
        var files = new RemoteFiles(new FetchOptions { AllowPrivateHosts = ["127.0.0.1"] });

        var first = await files.FetchAsync(server.Url(), "image/", CancellationToken.None);
        var again = await files.FetchAsync(server.Url(), "image/", CancellationToken.None);

        Assert.Equal("image/png", first.File!.MediaType);
        Assert.Equal(Picture, first.File.Bytes);
        Assert.Same(first.File, again.File);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_known_file_is_not_taken_for_one_of_another_type()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", Picture);
        var files = new RemoteFiles(new FetchOptions { AllowPrivateHosts = ["127.0.0.1"] });

        await files.FetchAsync(server.Url(), "image/", CancellationToken.None);
        var (file, problem) = await files.FetchAsync(server.Url(), "application/pdf", CancellationToken.None);

        Assert.Null(file);
        Assert.Equal("it is of the type 'image/png'", problem);
    }

    [Theory]
    [InlineData("200 OK\r\nContent-Type: text/html", 10, "it is of the type 'text/html'")]
    [InlineData("200 OK", 10, "it is of the type ''")]
    [InlineData("404 Not Found\r\nContent-Type: image/png", 10, "its server answered 404")]
    [InlineData("302 Found\r\nContent-Type: image/png\r\nLocation: http://127.0.0.1/secret", 10, "its server answered 302")]
    [InlineData("200 OK\r\nContent-Type: image/png", 101, "it could not be fetched")]
    public async Task What_is_no_fitting_file_is_refused_with_the_reason(string head, int length, string reason)
    {
        await using var server = new FileServer(head, new byte[length]);
        var files = new RemoteFiles(new FetchOptions { AllowPrivateHosts = ["127.0.0.1"], MaxBytes = 100 });

        var (file, problem) = await files.FetchAsync(server.Url(), "image/", CancellationToken.None);

        Assert.Null(file);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        // A redirect is not followed.
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Nothing_is_fetched_when_fetching_is_off()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", Picture);
        var (file, problem) = await new RemoteFiles(new FetchOptions { Enabled = false, AllowPrivateHosts = ["127.0.0.1"] }).FetchAsync(server.Url(), "image/", CancellationToken.None);

        Assert.Null(file);
        Assert.Contains("switched off", problem, StringComparison.Ordinal);
        Assert.Equal(0, server.Requests);
    }
}
