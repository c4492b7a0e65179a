using System.IO.Hashing;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// Finds a member's name among those of a schema. Instances tend to have their members in the schema's order, so the
/// expected one is tried before the hash.
/// </summary>
internal sealed class NameTable
{
    private readonly byte[][] names;
    private readonly int[] slots;

    /// <summary><paramref name="names"/> are distinct, in UTF-8.</summary>
    public NameTable(byte[][] names)
    {
        this.names = names;
        slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(names.Length * 2) + 1)];
        for (var i = 0; i < names.Length; i++)
        {
            var slot = FirstSlot(names[i]);
            while (slots[slot] != 0) slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = i + 1;
        }
    }

    /// <summary>The place of a name in the list, or -1. <paramref name="expected"/> may be beyond it.</summary>
    public int Find(ReadOnlySpan<byte> name, int expected)
    {
        if ((uint)expected < (uint)names.Length && name.SequenceEqual(names[expected])) return expected;
        var slot = FirstSlot(name);
        for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (name.SequenceEqual(names[slots[slot] - 1])) return slots[slot] - 1;
        }
        return -1;
    }

    private int FirstSlot(ReadOnlySpan<byte> name) => (int)XxHash3.HashToUInt64(name) & (slots.Length - 1);
}
