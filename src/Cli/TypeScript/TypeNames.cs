using Castellan.Cli.Contracts;

namespace Castellan.Cli.TypeScript;

/// <summary>
/// What the types of a collection are called: <c>Task</c>, <c>TaskInsert</c> and <c>TaskUpdate</c> for <c>tasks</c>.
/// Names that are taken, by an earlier collection of the file, keep the plural, and get a number at last.
/// </summary>
internal sealed class TypeNames
{
    /// <summary>Names that the file itself declares.</summary>
    private readonly HashSet<string> taken = ["Collections", "Patch"];

    private readonly Dictionary<string, string> names = [];

    public TypeNames(IEnumerable<DeclaredCollection> collections)
    {
        foreach (var collection in collections) names[collection.Name] = Take(collection.Name);
    }

    public string Row(string collection) => names[collection];

    public string Insert(string collection) => Insertion(names[collection]);

    public string Update(string collection) => Change(names[collection]);

    private string Take(string collection)
    {
        var words = collection.Split('_');
        string[] plain = [.. words[..^1], Singular(words[^1])];
        var choices = new[] { Pascal(plain), Pascal(words) }
            .Concat(Enumerable.Range(2, names.Count + 3).Select(number => $"{Pascal(words)}_{number}"));
        return choices.First(IsFree);
    }

    /// <summary>Takes a name and the two that are made of it, where all three are free.</summary>
    private bool IsFree(string name)
    {
        string[] all = [name, Insertion(name), Change(name)];
        if (all.Any(taken.Contains)) return false;
        taken.UnionWith(all);
        return true;
    }

    private static string Insertion(string name) => name + "Insert";

    private static string Change(string name) => name + "Update";

    private static string Pascal(string[] words) =>
        string.Concat(words.Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>English as far as rules go; what they do not know stays as it is.</summary>
    private static string Singular(string word) => word switch
    {
        "series" or "species" or "news" => word,
        [.., 'i', 'e', 's'] when word.Length > 4 => word[..^3] + "y",
        _ when EndsWithAny(word, "sses", "shes", "ches", "xes", "zzes", "tuses") => word[..^2],
        _ when EndsWithAny(word, "ss", "us", "is") => word,
        [.., 's'] when word.Length > 1 => word[..^1],
        _ => word,
    };

    private static bool EndsWithAny(string word, params ReadOnlySpan<string> ends)
    {
        foreach (var end in ends)
        {
            if (word.EndsWith(end, StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
