using Dragoman.Providers.Media;

namespace Dragoman.Tests.Providers.Media;

// One after the other: a script that is being written while another process is started can't be run ("text file busy").
[Collection("scripts")]
public sealed class PdfTextTests
{
    [Fact]
    public async Task The_program_gets_the_file_on_its_input_and_its_output_is_the_text_found_once()
    {
        using var script = new Script("echo run >> \"$0.runs\"; printf 'Page 1: '; cat");
        var pdf = new PdfText(script.Path);

        Assert.Equal(("Page 1: %PDF-1.4 ü", null), await pdf.ExtractAsync("%PDF-1.4 ü"u8.ToArray(), CancellationToken.None));
        Assert.Equal(("Page 1: %PDF-1.4 ü", null), await pdf.ExtractAsync("%PDF-1.4 ü"u8.ToArray(), CancellationToken.None));
        Assert.Single(await File.ReadAllLinesAsync(script.Path + ".runs"));
    }

    [Fact]
    public async Task A_large_file_and_a_program_that_complains_much_do_not_block_each_other()
    {
        using var script = new Script("head -c 300000 /dev/zero | tr '\\0' 'e' >&2; cat");
        var (text, problem) = await new PdfText(script.Path).ExtractAsync([.. Enumerable.Repeat((byte)'a', 1_000_000)], CancellationToken.None);

        Assert.Null(problem);
        Assert.Equal(1_000_000, text!.Length);
    }

    [Theory]
    [InlineData("cat > /dev/null; exit 3", "could not read it (exit code 3)")]
    [InlineData("exit 1", "could not read it (exit code 1)")]
    [InlineData("cat > /dev/null; printf ' \\n\\f'", "it has no text, only images")]
    public async Task What_the_program_can_not_read_is_said(string body, string reason)
    {
        using var script = new Script(body);
        var (text, problem) = await new PdfText(script.Path).ExtractAsync([.. Enumerable.Repeat((byte)'a', 200_000)], CancellationToken.None);

        Assert.Null(text);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_the_fix()
    {
        var (text, problem) = await new PdfText("no-such-program-here").ExtractAsync([1], CancellationToken.None);

        Assert.Null(text);
        Assert.Contains("install poppler-utils", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_can_leave_while_the_program_runs()
    {
        using var script = new Script("cat > /dev/null; touch \"$0.started\"; exec sleep 60");
        using var left = new CancellationTokenSource();
        var extracting = new PdfText(script.Path).ExtractAsync([1], left.Token).AsTask();
        await script.HasFileAsync(".started");
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => extracting);
    }
}
