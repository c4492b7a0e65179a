using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Npgsql;
using Xunit;

namespace Castellan.EndToEnd.Durability;

/// <summary>
/// No answer leaves before the disk has confirmed what it speaks of. kill -9 alone shows nothing of this: the page
/// cache survives it. So the kernel's own account is read.
/// </summary>
public sealed class SystemCallTests
{
    private const string Traced = "trace=fsync,fdatasync,pwrite64,write,sendto,sendmsg,writev";
    private const string Wal = "/castellan.db-wal>";

    [Fact]
    [Trait("Engine", "sqlite")]
    public async Task On_sqlite_no_answer_leaves_before_its_sync()
    {
        var trace = Path.GetTempFileName();
        List<string> marks;
        await using (var server = await KilledServer.Start("sqlite", [.. Strace(trace)]))
        {
            marks = await Write(server, rounds: 6, writers: 8);
        }
        var calls = SystemCalls.Read(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
        File.Delete(trace);

        Early(calls, marks).Should().BeEmpty();
        // The check bites: the same trace without its syncs convicts every answer.
        Early([.. calls.Where(c => c.Name is not ("fsync" or "fdatasync"))], marks).Should().HaveCount(marks.Count);
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task On_postgres_no_commit_is_answered_before_its_sync()
    {
        var trace = Path.GetTempFileName();
        await using var server = await KilledServer.Start("postgres");
        var marks = await Write(server, rounds: 1, writers: 1);
        using var strace = Process.Start(new ProcessStartInfo(
            "strace", [.. Strace(trace).Skip(1), "-p", $"{await Postmaster(server)}", .. await Backends(server)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        _ = strace.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        marks = await Write(server, rounds: 5, writers: 1, from: 100);
        using (var stop = Process.Start("kill", ["-INT", $"{strace.Id}"]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        await strace.WaitForExitAsync(TestContext.Current.CancellationToken);
        var calls = SystemCalls.Read(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
        File.Delete(trace);

        // A commit's answer is the word COMMIT on the client's socket; each must follow a sync of the log.
        Uncovered(calls).Should().Be(0);
        calls.Count(IsCommit).Should().BeGreaterThanOrEqualTo(marks.Count);
        Uncovered([.. calls.Where(c => c.Name is not ("fsync" or "fdatasync"))])
            .Should().BeGreaterThanOrEqualTo(marks.Count);
    }

    [Fact]
    public void A_planted_trace_with_an_answer_before_its_sync_is_convicted()
    {
        string[] good =
        [
            $"11 1.000000 pwrite64(5</d{Wal}, \"..mark-1..\", 40, 0) = 40 <0.000010>",
            $"11 1.000100 fdatasync(5</d{Wal}) = 0 <0.000500>",
            "12 1.001000 sendmsg(9<socket:[1]>, \"HTTP/1.1 201 mark-1\", 0) = 30 <0.000010>",
        ];
        Early(SystemCalls.Read(good), ["mark-1"]).Should().BeEmpty();
        Early(SystemCalls.Read([good[0], good[2], good[1]]), ["mark-1"]).Should().BeEmpty("times count, not lines");
        string[] early = [good[0], good[1].Replace("<0.000500>", "<0.005000>", StringComparison.Ordinal), good[2]];
        Early(SystemCalls.Read(early), ["mark-1"]).Should().Equal("mark-1");
        string[] before = [good[0].Replace("1.000000", "1.000700", StringComparison.Ordinal), good[1], good[2]];
        Early(SystemCalls.Read(before), ["mark-1"]).Should().Equal("mark-1");
        Early(SystemCalls.Read([good[0], good[2]]), ["mark-1"]).Should().Equal("mark-1");
    }

    private static List<string> Early(List<SystemCall> calls, IEnumerable<string> marks) => SystemCalls.TooEarly(
        calls, marks, c => c.Text.Contains(Wal, StringComparison.Ordinal),
        c => c.Text.Contains("HTTP/1.1 201", StringComparison.Ordinal));

    private static bool IsCommit(SystemCall call) =>
        call.Name == "sendto" && call.Text.Contains("COMMIT\\0", StringComparison.Ordinal);

    /// <summary>Commits that changed something and were answered before a sync of the log ended.</summary>
    private static int Uncovered(List<SystemCall> calls)
    {
        var uncovered = 0;
        foreach (var commit in calls.Where(IsCommit))
        {
            // The backend's log writes since its last answer; a commit that wrote none needs no sync.
            var mine = calls.Where(c => c.Thread == commit.Thread && c.Ended < commit.Began).ToList();
            var since = mine.LastOrDefault(c => c.Name == "sendto")?.Ended ?? 0;
            var written = mine.LastOrDefault(c => c.Name == "pwrite64" && IsWal(c) && c.Began > since);
            if (written is null) continue;
            if (!calls.Any(c => c.Name is "fsync" or "fdatasync" && IsWal(c)
                && c.Began >= written.Ended && c.Ended <= commit.Began))
            {
                uncovered++;
            }
        }
        return uncovered;
    }

    private static bool IsWal(SystemCall call) => call.Text.Contains("/pg_wal/", StringComparison.Ordinal);

    private static string[] Strace(string file) =>
        ["strace", "-f", "-ttt", "-T", "-y", "-s", "65536", "-e", Traced, "-o", file];

    /// <summary>Registers apps whose names are found in the log as well as in the answers.</summary>
    private static async Task<List<string>> Write(KilledServer server, int rounds, int writers, int from = 0)
    {
        var marks = new List<string>();
        for (var round = from; round < from + rounds; round++)
        {
            var names = Enumerable.Range(0, writers).Select(w => $"mark-{round}-{w}-end").ToList();
            await Task.WhenAll(names.Select(async name =>
            {
                using var response = await server.Owner.PostAsJsonAsync(
                    "v1/apps", new JsonObject { ["name"] = name, ["owner"] = "trace" });
                response.EnsureSuccessStatusCode();
            }));
            marks.AddRange(names);
        }
        return marks;
    }

    private static async Task<int> Postmaster(KilledServer server)
    {
        // The parent of any backend; strace follows its children, the backends to come.
        var stat = await File.ReadAllTextAsync($"/proc/{(await BackendIds(server))[0]}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static async Task<IEnumerable<string>> Backends(KilledServer server) =>
        (await BackendIds(server)).SelectMany(id => new[] { "-p", $"{id}" });

    private static async Task<List<int>> BackendIds(KilledServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.Postgres!);
        await using var command = source.CreateCommand(
            "select pid from pg_stat_activity where backend_type = 'walwriter' "
            + "or (datname = current_database() and pid <> pg_backend_pid())");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<int>();
        while (await reader.ReadAsync()) ids.Add(reader.GetInt32(0));
        return ids;
    }
}
