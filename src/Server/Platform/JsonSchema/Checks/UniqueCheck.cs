using System.Buffers;
using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>uniqueItems (validation, section 6.4.3). Long lists are compared by hash, in pooled memory.</summary>
internal sealed class UniqueCheck : Check
{
    /// <summary>Items up to which comparing each with each is cheaper than hashing them.</summary>
    private const int FewItems = 8;

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen) => Repeated(value) is null;

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        if (Repeated(value) is not { } pair) return;
        var place = at.Item(pair.Second);
        report.Add(place, "repeated_item",
            $"{place.Name} is the same as entry {pair.First}, and entries must differ.", "Remove one of them.");
    }

    private static (int First, int Second)? Repeated(in JsonElement list)
    {
        var count = list.GetArrayLength();
        if (count < 2) return null;
        if (count > FewItems) return RepeatedOfMany(list, count);
        var second = 0;
        foreach (var item in list.EnumerateArray())
        {
            var first = 0;
            foreach (var earlier in list.EnumerateArray())
            {
                if (first == second) break;
                if (DeepEquality.Equal(earlier, item)) return (first, second);
                first++;
            }
            second++;
        }
        return null;
    }

    /// <summary>A table of chains: each slot, and each item, names an item further on, counted from 1.</summary>
    private static (int First, int Second)? RepeatedOfMany(in JsonElement list, int count)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
        var memory = ArrayPool<int>.Shared.Rent(size + (2 * count));
        var items = ArrayPool<JsonElement>.Shared.Rent(count);
        try
        {
            var slots = memory.AsSpan(0, size);
            var next = memory.AsSpan(size, count);
            var hashes = memory.AsSpan(size + count, count);
            slots.Clear();
            var index = 0;
            foreach (var item in list.EnumerateArray())
            {
                items[index] = item;
                hashes[index] = DeepEquality.Hash(item);
                ref var slot = ref slots[hashes[index] & (size - 1)];
                for (var other = slot - 1; other >= 0; other = next[other] - 1)
                {
                    if (hashes[other] == hashes[index] && DeepEquality.Equal(items[other], item)) return (other, index);
                }
                next[index] = slot;
                slot = ++index;
            }
            return null;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(memory);
            ArrayPool<JsonElement>.Shared.Return(items, clearArray: true);
        }
    }
}
