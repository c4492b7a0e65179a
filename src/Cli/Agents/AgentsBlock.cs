using System.Text;
using Castellan.Cli.Contracts;

namespace Castellan.Cli.Agents;

/// <summary>
/// What a model has to know to write code for an app: as much of it as fits. Of large contracts details go first, then
/// fields, then collections, and the block says where the rest is.
/// </summary>
internal static class AgentsBlock
{
    /// <summary>Bytes of UTF-8, markers and line ends of two bytes included.</summary>
    public const int BytesMax = 8192;

    /// <summary>The most detailed block that fits.</summary>
    public static string Of(DeclaredContract contract, string? url)
    {
        foreach (var detail in (Detail[])[Detail.Full, Detail.Short, Detail.Names, Detail.FewNames])
        {
            var block = Write(contract, url, new CollectionWords(contract, detail));
            if (Bytes(block) <= BytesMax) return block;
        }
        // A bounded search for how many names fit; without any, only the fixed text is left, which does.
        var (fits, tooMany) = (0, contract.Collections.Count + 1);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            var bytes = Bytes(Write(contract, url, new CollectionWords(contract, Detail.List, middle)));
            if (bytes <= BytesMax) fits = middle;
            else tooMany = middle;
        }
        return Write(contract, url, new CollectionWords(contract, Detail.List, fits));
    }

    private static int Bytes(string block) => Encoding.UTF8.GetByteCount(block) + block.Count(c => c == '\n');

    private static string Write(DeclaredContract contract, string? url, CollectionWords words)
    {
        var example = contract.Collections.Count > 0 ? contract.Collections[0].Name : "tasks";
        var text = new StringBuilder();
        text.Append(MarkedBlock.Begin).Append('\n');
        text.Append(AgentsText.Connect(CollectionWords.Line(url ?? "", max: 200)));
        text.Append(AgentsText.Calls(example));
        text.Append("\n### Collections\n\n");
        if (words.IsShortened) text.Append(AgentsText.Shortened);
        text.Append(words.Collections());
        text.Append(words.Roles());
        text.Append(AgentsText.Never);
        text.Append(AgentsText.Errors);
        text.Append(AgentsText.Change);
        return text.Append(MarkedBlock.End).ToString();
    }
}
