using System.Text;
using Dragoman.Messages;
using Dragoman.Providers.Media;

namespace Dragoman.Tests.Providers.Media;

// One after the other: a script that is being written while another process is started can't be run ("text file busy").
[Collection("scripts")]
public sealed class MediaResolverTests
{
    [Fact]
    public async Task A_pdf_becomes_text_wherever_it_stands()
    {
        using var script = new Script("printf 'Text of '; cat");
        var pdf = Convert.ToBase64String("%PDF"u8);
        var request = Parse($$$"""
            [{"role":"user","content":[{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"{{{pdf}}}"}}]},
             {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Read","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{pdf}}}"}}]}]}]
            """);

        var resolved = await Resolver(new DragomanOptions { PdfToText = script.Path }).ResolveAsync(request, seesImages: true, CancellationToken.None);

        var document = Assert.IsType<DocumentBlock>(resolved.Messages[0].Content[0]);
        Assert.Equal("Text of %PDF", Assert.IsType<TextSource>(document.Source).Data.ToString());
        Assert.Equal("a.pdf", document.Title);
        var result = Assert.IsType<ToolResultBlock>(resolved.Messages[2].Content[0]);
        Assert.IsType<TextSource>(Assert.IsType<DocumentBlock>(result.Content[0]).Source);
        Assert.Equal(["documents.pdf=text"], resolved.Degraded);
    }

    [Fact]
    public async Task An_image_by_url_is_fetched_and_stands_in_the_request()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", "PNG"u8.ToArray());
        var request = Parse($$$"""[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"{{{server.Url()}}}"}}]}]""");

        var resolved = await Resolver(Allowing()).ResolveAsync(request, seesImages: true, CancellationToken.None);

        var source = Assert.IsType<Base64Source>(Assert.IsType<ImageBlock>(resolved.Messages[0].Content[0]).Source);
        Assert.Equal(("image/png", "UE5H"), (source.MediaType, source.Data.ToString()));
        Assert.Empty(resolved.Degraded);
    }

    [Fact]
    public async Task An_image_that_models_can_not_read_becomes_a_notice()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/svg+xml", "<svg/>"u8.ToArray());
        var request = Parse($$$"""[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"{{{server.Url()}}}"}}]}]""");

        var resolved = await Resolver(Allowing()).ResolveAsync(request, seesImages: true, CancellationToken.None);

        Assert.Contains("image/svg+xml", Assert.IsType<TextBlock>(resolved.Messages[0].Content[0]).Text.ToString(), StringComparison.Ordinal);
        Assert.Equal(["images.url=notice"], resolved.Degraded);
    }

    [Fact]
    public async Task An_image_for_a_model_that_does_not_see_is_not_fetched()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: image/png", "PNG"u8.ToArray());
        var request = Parse($$$"""[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"{{{server.Url()}}}"}}]}]""");

        var resolved = await Resolver(Allowing()).ResolveAsync(request, seesImages: false, CancellationToken.None);

        // The translator's notice takes its place.
        Assert.IsType<ImageBlock>(resolved.Messages[0].Content[0]);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_document_by_url_on_an_inner_address_becomes_a_notice_that_names_it()
    {
        await using var server = new FileServer("200 OK\r\nContent-Type: application/pdf", "%PDF"u8.ToArray());
        var request = Parse($$$"""[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"{{{server.Url("a.pdf")}}}"}}]}]""");

        var resolved = await Resolver(new DragomanOptions()).ResolveAsync(request, seesImages: true, CancellationToken.None);

        Assert.Contains(server.Url("a.pdf"), Assert.IsType<TextBlock>(resolved.Messages[0].Content[0]).Text.ToString(), StringComparison.Ordinal);
        Assert.Equal(["documents.url=notice"], resolved.Degraded);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_request_without_media_is_passed_on_as_it_is()
    {
        var request = Parse("""[{"role":"user","content":"Hi"}]""");

        Assert.Same(request, await Resolver(new DragomanOptions()).ResolveAsync(request, seesImages: true, CancellationToken.None));
    }

    [Fact]
    public async Task A_pdf_that_is_no_base64_is_the_clients_mistake()
    {
        var request = Parse("""[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"???"}}]}]""");

        await Assert.ThrowsAsync<InvalidRequestException>(async () => await Resolver(new DragomanOptions()).ResolveAsync(request, seesImages: true, CancellationToken.None));
    }

    private static DragomanOptions Allowing() => new() { Fetch = new FetchOptions { AllowPrivateHosts = ["127.0.0.1"] } };

    private static MediaResolver Resolver(DragomanOptions options) => new(options);

    private static MessagesRequest Parse(string messages) => MessagesParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":10,"messages":{{messages}}}"""));
}
