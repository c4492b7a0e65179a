namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// Which members (or items) of one object (or array) some keyword has evaluated, by their place in it. Exists only
/// where an <c>unevaluatedProperties</c> or <c>unevaluatedItems</c> asks.
/// </summary>
internal sealed class Evaluated
{
    private ulong first;
    private ulong[] rest = [];
    private bool all;

    public bool this[int index] => all || (index < 64
        ? (first & (1UL << index)) != 0
        : (index >> 6) <= rest.Length && (rest[(index >> 6) - 1] & (1UL << index)) != 0);

    public void Mark(int index)
    {
        if (index < 64)
        {
            first |= 1UL << index;
            return;
        }
        var word = index >> 6;
        if (word > rest.Length) Array.Resize(ref rest, Math.Max(word, rest.Length * 2));
        rest[word - 1] |= 1UL << index;
    }

    public void MarkAll() => all = true;

    public void Add(Evaluated other)
    {
        all |= other.all;
        first |= other.first;
        if (other.rest.Length > rest.Length) Array.Resize(ref rest, other.rest.Length);
        for (var i = 0; i < other.rest.Length; i++) rest[i] |= other.rest[i];
    }
}
