using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Providers.Overrides;

namespace Dragoman.Tests.Providers.Overrides;

/// <summary>Fields of the configuration in a request's body.</summary>
public sealed class BodyFieldsTests
{
    [Theory]
    // New ones stand first, others keep their place and their bytes.
    [InlineData("""{ "model" : "m", "top_p":0.50,"messages":[ {"x":"\u00fc"} ] }""", """{"seed":7}""", """{"seed":7,"model":"m","top_p":0.50,"messages":[ {"x":"\u00fc"} ]}""")]
    [InlineData("""{"model":"m","temperature":1,"messages":[]}""", """{"temperature":0.30}""", """{"model":"m","temperature":0.30,"messages":[]}""")]
    // Null removes, wherever it stands.
    [InlineData("""{"a":1,"b":2,"c":3}""", """{"a":null,"c":null,"x":null}""", """{"b":2}""")]
    [InlineData("""{"a":1}""", """{"a":null}""", "{}")]
    [InlineData("{}", """{"a":1,"b":2}""", """{"a":1,"b":2}""")]
    // Objects go into objects; anything else replaces.
    [InlineData("""{"options":{"num_ctx":9,"top_k":1},"m":[]}""", """{"options":{"seed":1,"top_k":null}}""", """{"options":{"seed":1,"num_ctx":9},"m":[]}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":{"b":{"c":1,"d":null}}}""", """{"a":{"b":{"c":1}}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[3]}""", """{"a":[3]}""")]
    // Of a name that comes twice the last one counts, and one stays.
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a":4}""", """{"b":2,"a":4}""")]
    // A name with escapes is the same name; one with half a surrogate pair hurts nobody.
    [InlineData("""{"\u0061":1,"\ud83d":2}""", """{"a":5}""", """{"\u0061":5,"\ud83d":2}""")]
    public void A_patch_goes_over_a_body(string body, string patch, string expected) => Assert.Equal(expected, Patched(body, patch));

    [Fact]
    public void Later_layers_go_over_earlier_ones() =>
        Assert.Equal("""{"b":1,"a":{"y":2,"x":1}}""", Patched("""{"a":1}""", """{"a":{"x":1},"b":1}""", """{"a":{"y":2}}"""));

    [Fact]
    public void What_one_layer_adds_another_may_leave_out() => Assert.Equal("""{"b":2,"m":1}""", Patched("""{"m":1}""", """{"a":1}""", """{"a":null,"b":2}"""));

    private static string Patched(string body, params string[] patches)
    {
        var fields = BodyFields.Read(Encoding.UTF8.GetBytes(body));
        foreach (var patch in patches) fields.Merge(JsonDocument.Parse(patch).RootElement);
        var output = new ArrayBufferWriter<byte>();
        fields.Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
