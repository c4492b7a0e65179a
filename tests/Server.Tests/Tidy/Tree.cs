using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Castellan.Tests.Tidy;

/// <summary>One file of the project. `Path` is relative to the root; `Text` is empty for a binary file.</summary>
internal sealed record SourceFile(string Path, string Text, long SizeBytes = 0)
{
    private CompilationUnitSyntax? syntax;

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Made by a tool from something else that is committed, so its shape is the tool's.</summary>
    public bool IsGenerated =>
        Path.Split('/').Contains("generated")
        || Path.EndsWith("-lock.json", StringComparison.Ordinal)
        || Path.EndsWith("packages.lock.json", StringComparison.Ordinal)
        || Path == "docs/openapi.json"
        || Path.StartsWith("src/Server/Migrations/schema.", StringComparison.Ordinal);

    public string[] Lines => Text.Split('\n');

    public CompilationUnitSyntax Syntax => syntax ??= CSharpSyntaxTree.ParseText(Text).GetCompilationUnitRoot();

    public Finding At(int line, string message) => new(Path, line, message);

    public Finding Whole(string message) => new(Path, Line: 1, message);
}

/// <summary>A place that breaks a rule, with the way out in its message.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    public override string ToString() => $"{Path}:{Line}: {Message}";
}

/// <summary>The files of the checkout: what git tracks or would add, or all files where there is no git.</summary>
internal static class Tree
{
    private static readonly string[] Outside = [".git", ".vs", ".idea", "artifacts", "node_modules", "dist", "data"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> All = new(() =>
        [.. Paths().Order(StringComparer.Ordinal).Select(Read)]);

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Files => All.Value;

    public static IEnumerable<SourceFile> CSharp => Files.Where(f => f.IsCSharp);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Castellan.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }

    private static IEnumerable<string> Paths() =>
        (FromGit() ?? Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(Outside.Contains)))
        .Where(path => File.Exists(Path.Combine(Root, path)));

    private static string[]? FromGit()
    {
        if (!Path.Exists(Path.Combine(Root, ".git"))) return null;
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return git.ExitCode == 0 ? paths : null;
    }

    private static SourceFile Read(string path)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Root, path));
        return new SourceFile(path, bytes.Contains((byte)0) ? "" : Encoding.UTF8.GetString(bytes), bytes.Length);
    }
}
