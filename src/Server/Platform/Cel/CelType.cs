namespace Castellan.Platform.Cel;

/// <summary>
/// What a value or a type is. Those behind <see cref="Dyn"/> are only of types, <see cref="Error"/> only of values.
/// </summary>
internal enum CelKind : byte
{
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,
    Map,
    Object,
    Type,
    Error,
    Dyn,
    Nullable,
    Parameter,
}

/// <summary>A type as the checker knows it. Types are values: equal when they say the same.</summary>
internal abstract record CelType(CelKind Kind)
{
    public static CelType Null { get; } = new CelPlainType(CelKind.Null, "null_type");

    public static CelType Bool { get; } = new CelPlainType(CelKind.Bool, "bool");

    /// <summary>64 bits with a sign.</summary>
    public static CelType Int { get; } = new CelPlainType(CelKind.Int, "int");

    /// <summary>64 bits without a sign.</summary>
    public static CelType Uint { get; } = new CelPlainType(CelKind.Uint, "uint");

    public static CelType Double { get; } = new CelPlainType(CelKind.Double, "double");

    /// <summary>Unicode code points.</summary>
    public static CelType String { get; } = new CelPlainType(CelKind.String, "string");

    public static CelType Bytes { get; } = new CelPlainType(CelKind.Bytes, "bytes");

    /// <summary>0001-01-01 to 9999-12-31, in nanoseconds.</summary>
    public static CelType Timestamp { get; } = new CelPlainType(CelKind.Timestamp, "timestamp");

    /// <summary>Nanoseconds, some 292 years to either side.</summary>
    public static CelType Duration { get; } = new CelPlainType(CelKind.Duration, "duration");

    /// <summary>Known only when evaluated.</summary>
    public static CelType Dyn { get; } = new CelPlainType(CelKind.Dyn, "dyn");

    public static CelType List(CelType item) => new CelListType(item);

    public static CelType Map(CelType key, CelType value) => new CelMapType(key, value);

    /// <summary>The type of a type's name: <c>int</c> is of type <c>type(int)</c>.</summary>
    public static CelType TypeOf(CelType type) => new CelTypeType(type);

    /// <summary>A value of <paramref name="type"/>, or null. Null is never twice nullable.</summary>
    public static CelType Nullable(CelType type) =>
        type.Kind is CelKind.Nullable or CelKind.Null or CelKind.Dyn ? type : new CelNullableType(type);

    /// <summary>A type that a call determines, as in <c>list(A)</c>; only in declarations of functions.</summary>
    public static CelType Parameter(string name) => new CelParameterType(name);

    public bool IsDyn => Kind == CelKind.Dyn;

    /// <summary>The type without the null.</summary>
    public CelType Inner => this is CelNullableType nullable ? nullable.Of : this;

    public bool IsNullable => Kind is CelKind.Nullable or CelKind.Null;
}

internal sealed record CelPlainType(CelKind Kind, string Name) : CelType(Kind)
{
    public override string ToString() => Name;
}

internal sealed record CelListType(CelType Item) : CelType(CelKind.List)
{
    public override string ToString() => $"list({Item})";
}

internal sealed record CelMapType(CelType Key, CelType Value) : CelType(CelKind.Map)
{
    public override string ToString() => $"map({Key}, {Value})";
}

internal sealed record CelNullableType(CelType Of) : CelType(CelKind.Nullable)
{
    public override string ToString() => $"{Of} or null";
}

internal sealed record CelTypeType(CelType Of) : CelType(CelKind.Type)
{
    public override string ToString() => $"type({Of})";
}

internal sealed record CelParameterType(string Name) : CelType(CelKind.Parameter)
{
    public override string ToString() => Name;
}

/// <summary>
/// A declared object: its fields are known by name. Fields may lead to other objects and back, so they are asked for
/// when they are first needed. Two object types are the same when they are one object.
/// </summary>
internal sealed record CelObjectType : CelType
{
    private readonly Lazy<Dictionary<string, CelField>> fields;

    public CelObjectType(string name, Func<IEnumerable<(string Name, CelType Type)>> declared)
        : base(CelKind.Object)
    {
        Name = name;
        fields = new(() => declared().Select((field, index) => new CelField(field.Name, field.Type, index))
            .ToDictionary(field => field.Name, StringComparer.Ordinal));
    }

    public string Name { get; }

    /// <summary>By name; their indexes are their positions in the declaration.</summary>
    public IReadOnlyDictionary<string, CelField> Fields => fields.Value;

    public bool Equals(CelObjectType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    public override string ToString() => Name;
}

/// <summary>A field of an object; a nullable one is always there, with the value null if it is not set.</summary>
internal sealed record CelField(string Name, CelType Type, int Index);
