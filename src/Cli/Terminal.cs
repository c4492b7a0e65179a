using System.CommandLine;
using System.Globalization;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>
/// Results go to standard output, everything else to standard error. Text that came from elsewhere is shown without its
/// control characters, so that nobody's data drives the reader's terminal.
/// </summary>
internal sealed class Terminal
{
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter errors = Console.Error;
    private readonly bool colourOutput;
    private readonly bool colourErrors;

    private Terminal(bool json, bool quiet)
    {
        (Json, Quiet) = (json, quiet);
        // https://no-color.org: set and not empty means no colour.
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        colourOutput = colours && !Console.IsOutputRedirected;
        colourErrors = colours && !Console.IsErrorRedirected;
    }

    /// <summary>Results are the server's JSON.</summary>
    public bool Json { get; }

    /// <summary>Results are ids, and there are no notices.</summary>
    public bool Quiet { get; }

    public static Terminal For(ParseResult parsed) =>
        new(GlobalOptions.WantsJson(parsed), parsed.GetValue(GlobalOptions.Quiet));

    /// <summary>Shows one object: its JSON, its id, or its members one per line.</summary>
    public void Show<T>(
        Response<T> answer, Func<T, string> id, Func<T, IEnumerable<(string Name, string? Value)>> members)
    {
        if (Json) Write(answer.Json);
        else if (Quiet) output.WriteLine(Clean(id(answer.Value)));
        else
        {
            var lines = members(answer.Value).ToList();
            var width = lines.Max(line => line.Name.Length);
            foreach (var (name, value) in lines)
                output.WriteLine($"{Paint(name.PadRight(width), Colour.Dim)}  {PaintWord(Clean(value ?? "-"))}");
        }
    }

    /// <summary>Shows a page: its JSON, ids one per line, or a table, and how to see what follows.</summary>
    public void Show<T>(
        Response<PageOf<T>> page, Func<T, string> id, params (string Title, Func<T, string?> Value)[] columns)
    {
        if (Json) Write(page.Json);
        else if (Quiet)
        {
            foreach (var item in page.Value.Items) output.WriteLine(Clean(id(item)));
        }
        else
        {
            Rows(page.Value.Items, headed: true, columns);
            if (page.Value.Items.Count == 0) Notice("Nothing to show.");
        }
        if (page.Value.NextCursor is { } cursor && !Json) Notice($"There is more: add --cursor {cursor}");
    }

    /// <summary>A table's rows. Columns are as wide as their widest cell; the last one is not padded.</summary>
    public void Rows<T>(
        IReadOnlyCollection<T> items, bool headed, params (string Title, Func<T, string?> Value)[] columns)
    {
        if (items.Count == 0) return;
        var cells = items.Select(item => columns.Select(column => Clean(column.Value(item) ?? "-")).ToArray()).ToList();
        var widths = columns.Select((column, at) =>
            Math.Max(column.Title.Length, cells.Max(row => row[at].Length))).ToArray();
        if (headed) Row([.. columns.Select(column => column.Title)], text => Paint(text, Colour.Dim));
        foreach (var row in cells) Row(row, PaintWord);

        void Row(string[] row, Func<string, string> paint)
        {
            for (var at = 0; at < row.Length; at++)
            {
                output.Write(paint(row[at]));
                if (at < row.Length - 1) output.Write(new string(' ', widths[at] - row[at].Length + 2));
            }
            output.WriteLine();
        }
    }

    /// <summary>A line of the result as it is: a secret, an id, a line of JSON.</summary>
    public void Line(string text) => output.WriteLine(text);

    public void Write(ReadOnlyMemory<byte> json)
    {
        output.Flush();
        using var stream = Console.OpenStandardOutput();
        stream.Write(json.Span);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>What the person must know to go on, however quiet it is to be.</summary>
    public void Tell(string text) => errors.WriteLine(Clean(text));

    /// <summary>Whether somebody may be typing.</summary>
    public static bool IsAtKeyboard => !Console.IsInputRedirected;

    /// <summary>For the person, not for the pipe.</summary>
    public void Notice(string text)
    {
        if (!Quiet) errors.WriteLine(Clean(text));
    }

    public void Error(string text) => errors.WriteLine($"{Paint("error:", Colour.Red, colourErrors)} {Clean(text)}");

    public void ErrorLine(string text) => errors.WriteLine($"  {Clean(text)}");

    public void ErrorJson(ReadOnlyMemory<byte> json) =>
        errors.WriteLine(System.Text.Encoding.UTF8.GetString(json.Span));

    /// <summary>A line from standard input: asked for at a terminal, without echo where it is secret.</summary>
    public string Ask(string question, bool secret)
    {
        if (Console.IsInputRedirected) return Console.ReadLine()?.Trim() ?? "";
        errors.Write(question);
        if (!secret) return Console.ReadLine()?.Trim() ?? "";
        var typed = new System.Text.StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key is ConsoleKey.Enter) break;
            if (key.Key is ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        errors.WriteLine();
        return typed.ToString().Trim();
    }

    /// <summary>Local time at a terminal's precision; machines read the JSON.</summary>
    public static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public string Paint(string text, Colour colour) => Paint(text, colour, colourOutput);

    private static string Paint(string text, Colour colour, bool wanted) =>
        wanted ? $"\e[{(int)colour}m{text}\e[0m" : text;

    /// <summary>States that ask for attention stand out.</summary>
    private string PaintWord(string text) => text switch
    {
        "frozen" or "killed" or "denied" or "suspended" or "revoked" or "fail" => Paint(text, Colour.Red),
        "retired" or "expired" or "warn" => Paint(text, Colour.Yellow),
        "production" or "active" or "ok" => Paint(text, Colour.Green),
        _ => text,
    };

    /// <summary>Text from elsewhere, without what would drive a terminal.</summary>
    public static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;
}

/// <summary>ECMA-48 SGR parameters.</summary>
internal enum Colour
{
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
}
