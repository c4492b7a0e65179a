using System.Security.Cryptography;
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
        var context = Context(operation, scope, filter);
        return new PagePlace(context, After(page.Cursor, context));
    }

    /// <summary>The cursor of a page that ended at a position.</summary>
    public string Close(PagePlace place, string position) => signed.Sign($"{position}\n{place.Context}");

    /// <summary>A digest, so that a cursor shows nothing of the scope and stays short.</summary>
    private static string Context(string operation, Scope scope, IReadOnlyList<string?> filter)
    {
        var values = filter.Select(value => value is null ? "-" : $"{value.Length}:{value}");
        var text = $"{operation}\n{scope}\n{string.Join('\n', values)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    private string? After(string? cursor, string context)
    {
        if (cursor is null) return null;
        if (signed.Verify(cursor) is { } text)
        {
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end >= 0 && text[(end + 1)..] == context) return text[..end];
        }
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem("cursor", "not_a_cursor", "'cursor' was not made for this list.",
                "Send next_cursor of the same list with the same filter, or start without a cursor.")],
        });
    }
}

/// <summary>One page. <paramref name="NextCursor"/> is null at the end.</summary>
internal sealed record ListOf<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Where a page begins: behind <paramref name="After"/>, or at the start where it is null.</summary>
internal sealed record PagePlace(string Context, string? After);
