using System.Text;
using Castellan.Platform.Crypto;

namespace Castellan.Kernel;

/// <summary>
/// Opaque signed cursors: where the last page ended, bound to the operation, the scope and the filter that made it, so
/// that one cannot be carried into another tenant or query.
/// </summary>
internal sealed class Cursors(Secrets secrets)
{
    private readonly SignedText signed = new(secrets.KeyFor("cursor"));

    /// <summary>
    /// Asks for one row more than the page, answers the page, and makes the cursor from the last row's sort key.
    /// <paramref name="filter"/> is every value that shaped the list, in order.
    /// </summary>
    public async ValueTask<ListOf<T>> Page<T>(
        string operation, Scope scope, Page page, IReadOnlyList<string?> filter,
        Func<string?, long, ValueTask<List<T>>> read, Func<T, string> sortKey)
    {
        var place = Open(operation, scope, page, filter);
        var items = await read(place.After, page.Limit + 1);
        if (items.Count <= page.Limit) return new ListOf<T>(items, null);
        items.RemoveAt(items.Count - 1);
        return new ListOf<T>(items, Close(place, sortKey(items[^1])));
    }

    /// <summary>Where a page begins, for lists that are no lists of objects.</summary>
    public PagePlace Open(string operation, Scope scope, Page page, IReadOnlyList<string?> filter)
    {
        var place = new PagePlace(operation, scope, filter);
        return page.Cursor is { } cursor ? place with { After = After(cursor, place.Context) } : place;
    }

    /// <summary>The cursor of a page that ended at a position.</summary>
    public string Close(PagePlace place, string position) => signed.Sign(position, place.Context);

    private string After(string cursor, string context)
    {
        if (signed.Verify(cursor, context) is { } position) return position;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem("cursor", "not_a_cursor", "'cursor' was not made for this list.",
                "Send next_cursor of the same list with the same filter, or start without a cursor.")],
        });
    }
}

/// <summary>One page. <paramref name="NextCursor"/> is null at the end.</summary>
internal sealed record ListOf<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>
/// Where a page of a list begins: behind <see cref="After"/>, or at the start where it is null.
/// <paramref name="Filter"/> is every value that shaped the list.
/// </summary>
internal sealed record PagePlace(string Operation, Scope Scope, IReadOnlyList<string?> Filter)
{
    public string? After { get; init; }

    /// <summary>What a cursor of this list is signed with, and does not show. No two lists have the same.</summary>
    public string Context
    {
        get
        {
            var text = new StringBuilder(Operation, 256);
            text.Append('\n').Append(Scope.Name);
            foreach (var value in Filter) text.Append('\n').Append(value?.Length ?? -1).Append(':').Append(value);
            return text.ToString();
        }
    }
}
