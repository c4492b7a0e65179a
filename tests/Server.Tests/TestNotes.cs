namespace Castellan.Tests;

/// <summary>What a run says to its reader at the end: which judge or condition this machine had.</summary>
internal static class TestNotes
{
    private static readonly Lock Gate = new();

    public static void Write(string note)
    {
        if (Environment.GetEnvironmentVariable("CASTELLAN_TEST_NOTES") is not { Length: > 0 } path) return;
        lock (Gate) File.AppendAllText(path, $"{TestDatabase.Engine}: {note}\n");
    }
}
