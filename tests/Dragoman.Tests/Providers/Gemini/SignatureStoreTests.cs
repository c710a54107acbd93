using Dragoman.Providers.Gemini;

namespace Dragoman.Tests.Providers.Gemini;

public sealed class SignatureStoreTests
{
    [Fact]
    public void The_least_recently_used_signature_goes_first()
    {
        var store = new SignatureStore(maxEntries: 2);
        store.Put("m", "a", "A");
        store.Put("m", "b", "B");
        Assert.Equal("A", store.Find("m", "a"));
        store.Put("m", "c", "C");
        Assert.Equal(("A", null, "C"), (store.Find("m", "a"), store.Find("m", "b"), store.Find("m", "c")));
    }

    [Fact]
    public void Long_signatures_count_for_what_they_are()
    {
        var store = new SignatureStore(maxCharacters: 10);
        store.Put("m", "a", "AAAAAA");
        store.Put("m", "a", "AAAAA");
        store.Put("m", "b", "BBBBB");
        Assert.Equal("AAAAA", store.Find("m", "a"));
        store.Put("m", "c", "CCCCC");
        Assert.Null(store.Find("m", "b"));
        store.Put("m", "d", "far more than all");
        Assert.Equal((null, "AAAAA"), (store.Find("m", "d"), store.Find("m", "a")));
    }

    [Fact]
    public void Another_models_signature_is_not_given() => Assert.Null(Filled().Find("other", "a"));

    private static SignatureStore Filled()
    {
        var store = new SignatureStore();
        store.Put("m", "a", "A");
        return store;
    }
}
