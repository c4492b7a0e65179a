using System.Diagnostics.CodeAnalysis;

namespace Castellan.Platform.Cel;

/// <summary>A list: its items may be made when they are asked for.</summary>
internal abstract class CelList
{
    public abstract int Count { get; }

    public abstract CelValue this[int index] { get; }
}

/// <summary>A list in memory; the array must not change afterwards.</summary>
internal sealed class CelArray(CelValue[] items) : CelList
{
    public static CelArray Empty { get; } = new([]);

    public override int Count => items.Length;

    public override CelValue this[int index] => items[index];
}

/// <summary>
/// A map: keys are bool, int, uint or string. Numbers are one key when they are equal, whatever their type.
/// </summary>
internal abstract class CelMap
{
    public abstract int Count { get; }

    /// <summary>In the order in which a macro visits them.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary><paramref name="key"/> may be a double, which finds the integer that equals it.</summary>
    public abstract bool TryGet(CelValue key, out CelValue value);
}

/// <summary>A map in memory.</summary>
internal sealed class CelEntries(IReadOnlyList<KeyValuePair<CelValue, CelValue>> entries) : CelMap
{
    private readonly Dictionary<CelValue, CelValue> byKey = new(entries, KeyComparer.Instance);

    public override int Count => byKey.Count;

    public override IEnumerable<CelValue> Keys => entries.Select(entry => entry.Key);

    public override bool TryGet(CelValue key, out CelValue value) => byKey.TryGetValue(key, out value);

    /// <summary>Keys that are equal in the language are equal here: 1, 1u and 1.0.</summary>
    internal sealed class KeyComparer : IEqualityComparer<CelValue>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(CelValue x, CelValue y) => CelText.SameKey(x, y);

        public int GetHashCode([DisallowNull] CelValue obj) => CelText.KeyHash(obj);
    }
}

/// <summary>An object of a declared type whose fields are read when an expression asks for them.</summary>
internal interface ICelObject
{
    CelObjectType Type { get; }

    /// <summary>The field's value; null for a nullable field that is not set. Must be quick or remember.</summary>
    CelValue Field(CelField field);
}

/// <summary>What the variables of an environment are in one evaluation, by their index.</summary>
internal interface ICelActivation
{
    CelValue Variable(int index);
}
