namespace Castellan.Platform.Cel;

/// <summary>
/// A syntax tree. The hierarchy is closed: the seven records below are all there are. Nothing changes; the checker
/// makes a new tree with types.
/// </summary>
/// <param name="At">Where a message about this node points: an operator's sign, a field's or function's name.</param>
internal abstract record CelExpr(CelPosition At)
{
    /// <summary><see cref="CelType.Dyn"/> until checked, and where only the evaluation knows.</summary>
    public CelType Type { get; init; } = CelType.Dyn;
}

/// <summary>Null, bool, int, uint, double, string or bytes. A minus before a number belongs to it.</summary>
internal sealed record CelLiteral(CelPosition At, CelValue Value) : CelExpr(At);

/// <summary>
/// A name. It begins with a dot where only the outermost names are meant (<c>.x</c>); after the check a qualified
/// name of a variable (<c>a.b</c>) is one node.
/// </summary>
internal sealed record CelIdent(CelPosition At, string Name) : CelExpr(At)
{
    /// <summary>What it stands for; null until checked.</summary>
    public CelBinding? Binding { get; init; }
}

/// <summary><c>operand.field</c>, or <c>has(operand.field)</c> with <paramref name="TestOnly"/>.</summary>
internal sealed record CelSelect(CelPosition At, CelExpr Operand, string Field, bool TestOnly) : CelExpr(At)
{
    /// <summary>The field, where the operand's type is a declared object.</summary>
    public CelField? Declared { get; init; }
}

/// <summary>
/// <c>f(args)</c>, <c>target.f(args)</c>, or an operator, whose name is one of <see cref="CelOperators"/> and whose
/// operands are all arguments.
/// </summary>
internal sealed record CelCall(CelPosition At, string Function, CelExpr? Target, IReadOnlyList<CelExpr> Args)
    : CelExpr(At)
{
    /// <summary>The function of the environment; null for those of the language.</summary>
    public CelFunction? Declared { get; init; }
}

internal sealed record CelListLiteral(CelPosition At, IReadOnlyList<CelExpr> Items) : CelExpr(At);

internal sealed record CelMapLiteral(CelPosition At, IReadOnlyList<CelMapEntry> Entries) : CelExpr(At);

internal sealed record CelMapEntry(CelExpr Key, CelExpr Value);

/// <summary>The macros over lists, and over the keys of maps.</summary>
internal enum CelMacro
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}

/// <summary>
/// <c>range.kind(variable, predicate)</c>; <see cref="CelMacro.Map"/> has a transform, and a predicate before it if
/// it was written with three arguments. All others have a predicate and no transform.
/// </summary>
internal sealed record CelComprehension(
    CelPosition At, CelMacro Macro, CelExpr Range, string Variable, CelExpr? Predicate, CelExpr? Transform)
    : CelExpr(At)
{
    /// <summary>Where the variable is kept, counted from the outermost macro; its type is the range's item's.</summary>
    public int Slot { get; init; } = -1;

    /// <summary>The type of the variable; dyn until checked.</summary>
    public CelType ItemType { get; init; } = CelType.Dyn;
}

/// <summary>What an identifier stands for.</summary>
internal abstract record CelBinding;

/// <summary>A variable of the environment; <paramref name="Index"/> is its place in it.</summary>
internal sealed record CelVariableBinding(CelVariable Variable, int Index) : CelBinding;

/// <summary>The variable of the macro with this <see cref="CelComprehension.Slot"/>.</summary>
internal sealed record CelLocalBinding(int Slot) : CelBinding;

/// <summary>The name of a type, as in <c>type(x) == int</c>.</summary>
internal sealed record CelTypeBinding(CelType Named) : CelBinding;

/// <summary>Nothing; only where types are left to the evaluation, which then fails here.</summary>
internal sealed record CelUnknownBinding : CelBinding;
