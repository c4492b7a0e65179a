using System.Globalization;
using Castellan.Kernel;

namespace Castellan.Tests.Records.Hostile;

/// <summary>What a rule is asked: of whom, about which row, and what that row was before.</summary>
internal sealed record Question(Known By, Row Record, Row? Old, Shelf Shelf, string? Workspace)
{
    /// <summary>Which rows references lead to; others are as if they were not there. A rule follows them all.</summary>
    public Func<Row, bool> MayFollow { get; init; } = _ => true;

    public Row? Follow(Row from, IReadOnlyList<string> path) => Shelf.Follow(from, path, MayFollow);
}

/// <summary>
/// A part of a rule. The contract gets its text and the judge its truth, so that nothing of the product decides what is
/// allowed. Truth is true, false, or null for an error, which <c>&amp;&amp;</c> and <c>||</c> absorb where the other
/// operand decides.
/// </summary>
internal abstract record Term
{
    /// <summary>True where it says something of the caller, as each rule has to.</summary>
    public virtual bool NamesCaller => true;

    /// <param name="on">The variable that holds the row: <c>record</c>, or that of a macro.</param>
    public abstract string Cel(string on);

    public abstract bool? Of(Question asked);
}

/// <summary>Something that the caller is, whatever the record.</summary>
internal sealed record Fact(string Text, Func<Known, bool> Holds) : Term
{
    public override string Cel(string on) => Text;

    public override bool? Of(Question asked) => Holds(asked.By);
}

/// <summary>The ready-made rule <c>owner</c>, which speaks of <c>record</c>.</summary>
internal sealed record Owns : Term
{
    public override string Cel(string on) => "owner";

    public override bool? Of(Question asked) =>
        asked.By.Kind is CallerKind.User && asked.Record.Owner == asked.By.Id;
}

/// <summary>The ready-made rule <c>workspace_member</c>.</summary>
internal sealed record OfWorkspace : Term
{
    public override string Cel(string on) => "workspace_member";

    public override bool? Of(Question asked) =>
        asked.By.Role >= TenantRole.Admin
        || (asked.Record.Workspace is { } workspace && asked.By.Workspaces.Contains(workspace));
}

/// <summary>The record lies in the workspace that the request names.</summary>
internal sealed record InNamedWorkspace : Term
{
    public override bool NamesCaller => false;

    public override string Cel(string on) => $"{on}.workspace_id == request.workspace_id";

    public override bool? Of(Question asked) => asked.Record.Workspace == asked.Workspace;
}

/// <summary>The caller owns the record, or the one that references lead to from it.</summary>
internal sealed record Belongs(IReadOnlyList<string> Path) : Term
{
    public override string Cel(string on) => $"{string.Join('.', [on, .. Path])}.owner_id == caller.id";

    public override bool? Of(Question asked) =>
        asked.Follow(asked.Record, Path) is { } row ? row.Owner == asked.By.Id : null;
}

/// <summary>A field of the record, of what it was, or of what references lead to, compared with a value.</summary>
internal sealed record Compare(IReadOnlyList<string> Path, string Field, string Word, object? Value) : Term
{
    public bool OfOld { get; init; }

    public override bool NamesCaller => false;

    public override string Cel(string on)
    {
        var place = $"{string.Join('.', [OfOld ? "old" : on, .. Path])}.{Field}";
        return Word is "startsWith" ? $"{place}.startsWith({Literal(Value)})" : $"{place} {Word} {Literal(Value)}";
    }

    public override bool? Of(Question asked)
    {
        var from = OfOld ? asked.Old : asked.Record;
        return from is not null && asked.Follow(from, Path) is { } row ? Holds(row[Field]) : null;
    }

    /// <summary>Null is equal to null alone; an order or a text of null is an error.</summary>
    public bool? Holds(object? value) => Word switch
    {
        "==" => Equals(value, Value),
        "!=" => !Equals(value, Value),
        _ when value is null || Value is null => null,
        "startsWith" => ((string)value).StartsWith((string)Value, StringComparison.Ordinal),
        _ => Ordered(Row.Order(value, Value)),
    };

    private bool Ordered(int order) => Word switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    public static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        bool truth => truth ? "true" : "false",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("0.0##", CultureInfo.InvariantCulture),
        _ => $"timestamp('{Row.Written(value)}')",
    };
}

/// <summary>An update has left a field as it was.</summary>
internal sealed record Kept(string Field) : Term
{
    public override bool NamesCaller => false;

    public override string Cel(string on) => $"{on}.{Field} == old.{Field}";

    public override bool? Of(Question asked) => asked.Old is { } old ? Equals(asked.Record[Field], old[Field]) : null;
}

/// <summary>Of the rows that refer to the record, one is so.</summary>
internal sealed record Exists(string Back, Term Inner) : Term
{
    public override bool NamesCaller => Inner.NamesCaller;

    public override string Cel(string on) => $"{on}.{Back}.exists(x, {Inner.Cel("x")})";

    public override bool? Of(Question asked)
    {
        bool? any = false;
        foreach (var row in asked.Shelf.Referring(asked.Record, Back).Where(asked.MayFollow))
            any = Either.Or(any, Inner.Of(asked with { Record = row }));
        return any;
    }
}

internal sealed record Both(Term Left, Term Right) : Term
{
    public override bool NamesCaller => Left.NamesCaller || Right.NamesCaller;

    public override string Cel(string on) => $"({Left.Cel(on)} && {Right.Cel(on)})";

    public override bool? Of(Question asked) => (Left.Of(asked), Right.Of(asked)) switch
    {
        (false, _) or (_, false) => false,
        (true, true) => true,
        _ => null,
    };
}

internal sealed record Either(Term Left, Term Right) : Term
{
    public override bool NamesCaller => Left.NamesCaller || Right.NamesCaller;

    public override string Cel(string on) => $"({Left.Cel(on)} || {Right.Cel(on)})";

    public override bool? Of(Question asked) => Or(Left.Of(asked), Right.Of(asked));

    public static bool? Or(bool? left, bool? right) => (left, right) switch
    {
        (true, _) or (_, true) => true,
        (false, false) => false,
        _ => null,
    };
}

internal sealed record Not(Term Inner) : Term
{
    public override bool NamesCaller => Inner.NamesCaller;

    public override string Cel(string on) => $"!({Inner.Cel(on)})";

    public override bool? Of(Question asked) => !Inner.Of(asked);
}
