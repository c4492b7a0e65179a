using System.Diagnostics;
using System.Globalization;
using Castellan.Platform.Crypto;

namespace Castellan.Bench;

/// <summary>
/// A storm of sign-ins: how near it comes to what the hashing gate's cores can hash, and what it leaves of reads.
/// </summary>
internal sealed class SignInBench(Served served, int users, int rounds, int seconds)
{
    private const int Callers = 8;

    private Case SignIn => new("sign-in", served.Address, "POST", [.. Enumerable.Repeat("/v1/auth/sign-in", users)])
    {
        Body = """{"email":"user{at}@example.com","password":"correct horse battery"}""",
        Key = served.PublishableKey,
        Process = served.ProcessId,
    };

    private Case Read => new("read", served.Address, "GET", served.WorkspacePaths)
    {
        Tokens = served.UserTokens, Process = served.ProcessId,
    };

    public async Task<string> Run()
    {
        var (capacity, signIns, alone, beside) =
            (new List<double>(), new List<Run>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            capacity.Add(await HashesPerSecond());
            signIns.Add(await Wrk.Measure(SignIn, seconds));
            alone.Add((await Wrk.Measure(Read, seconds)).PerSecond);
            var storm = Wrk.Measure(SignIn, seconds + 2);
            await Task.Delay(TimeSpan.FromSeconds(1));
            beside.Add((await Wrk.Measure(Read, seconds)).PerSecond);
            await storm;
            Console.WriteLine(
                $"{round + 1}/{rounds} hashes {capacity[^1]:n1}/s, sign-ins {signIns[^1].PerSecond:n1}/s, refused "
                + $"{signIns[^1].Refused}, reads {alone[^1]:n0}/s, beside sign-ins {beside[^1]:n0}/s");
        }
        var share = LoadBench.Median(signIns.Zip(capacity, (run, most) => run.PerSecond / most));
        var left = LoadBench.Median(beside.Zip(alone, (with, without) => with / without));
        var rate = LoadBench.Median(signIns.Select(run => run.PerSecond));
        return string.Create(CultureInfo.InvariantCulture, $"""
            Sign-ins over 32 connections: {rate:n1} a second, {share:n2} of the {LoadBench.Median(capacity):n1} hashes a
            second that the gate's cores can do with nothing else; refused {signIns.Sum(run => run.Refused)}. Reads
            meanwhile keep {left:n2} of their rate.

            """);
    }

    /// <summary>What the gate's cores can hash: the same gate in this process, with callers enough.</summary>
    private async Task<double> HashesPerSecond()
    {
        using var hasher = new PasswordHasher();
        var hashes = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                await hasher.Hash("correct horse battery", CancellationToken.None);
                Interlocked.Increment(ref hashes);
            }
        })));
        return hashes / clock.Elapsed.TotalSeconds;
    }
}
