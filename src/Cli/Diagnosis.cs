using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The checks of <c>doctor</c>, each once, in the order in which they depend on each other.</summary>
internal sealed class Diagnosis(Session session)
{
    /// <summary>Where expiry times start to be visibly wrong.</summary>
    private static readonly TimeSpan SkewNoticed = TimeSpan.FromSeconds(5);

    /// <summary>Where short-lived tokens begin to fail.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(60);

    /// <summary>Renewal is due about a month before a certificate ends; with two weeks left it is broken.</summary>
    private static readonly TimeSpan CertificateLeft = TimeSpan.FromDays(14);

    private static readonly TimeSpan TokenLeft = TimeSpan.FromHours(1);

    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    public bool Unreachable { get; private set; }

    public async Task Run(CancellationToken ct)
    {
        if (CheckProfile() is not { } connection) return;
        DateTimeOffset? certificateEnds = null;
        var handler = Session.NewHandler();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                if (certificate is X509Certificate2 known) certificateEnds = new DateTimeOffset(known.NotAfter);
                return errors is SslPolicyErrors.None;
            },
        };
        var client = session.Connect(connection, handler);
        if (!await CheckServer(client, connection.Address, ct)) return;
        CheckTls(connection.Address, certificateEnds);
        if (await CheckToken(client, ct)) await CheckInstallation(client, connection.Address, ct);
    }

    private Connection? CheckProfile()
    {
        try
        {
            var connection = Connection.Find(session.Profiles, session.ProfileName);
            var (name, profile) = session.Profiles.Read().Find(session.ProfileName);
            Add("profile", Finding.Ok, Connection.FromEnvironment() is not null
                ? $"{connection.Address} from CASTELLAN_URL"
                : $"'{name}' in {session.Profiles.Path}: {connection.Address}");
            if (Connection.FromEnvironment() is null
                && profile is { ExpiresAt: { } end } && end - session.Time.GetUtcNow() < TokenLeft)
            {
                Add("profile", Finding.Warn, $"its token ends at {Terminal.Time(end)}", "castellan login");
            }
            return connection;
        }
        catch (Complaint complaint)
        {
            Add("profile", Finding.Fail, complaint.Message, complaint.Fix);
            return null;
        }
    }

    private async Task<bool> CheckServer(CastellanClient client, Uri address, CancellationToken ct)
    {
        Health health;
        DateTimeOffset before, after;
        try
        {
            before = session.Time.GetUtcNow();
            health = await client.Installation.Health(ct);
            after = session.Time.GetUtcNow();
        }
        catch (CastellanUnreachableException unreachable)
        {
            Unreachable = true;
            Add("server", Finding.Fail, unreachable.Why,
                $"Check that castellan-server runs at {address}, and the network and certificate on the way.");
            return false;
        }
        Add("server", Finding.Ok, $"answers in {(after - before).TotalMilliseconds:0} ms");
        if (health.Ready == true)
            Add("ready", Finding.Ok, "it can serve");
        else if (health.Ready == false)
            Add("ready", Finding.Fail, health.Says, "Read the server's log: its database is away, or it is starting.");
        else
            Add("ready", Finding.Warn, "it does not say", "Let the proxy before it pass /health/ready, or update it.");
        if (health.ServerTime is { } theirs) CheckClock(theirs, before, after);
        return true;
    }

    /// <summary>The Date header has whole seconds, so a skew is known to a second and the call's time.</summary>
    private void CheckClock(DateTimeOffset theirs, DateTimeOffset before, DateTimeOffset after)
    {
        var behind = before - theirs - TimeSpan.FromSeconds(1);
        var ahead = theirs - after;
        var skew = behind > ahead ? behind : ahead;
        if (skew <= SkewNoticed)
        {
            Add("clock", Finding.Ok, "the same here and there");
            return;
        }
        Add("clock", skew > SkewMax ? Finding.Fail : Finding.Warn,
            $"the server's is about {skew.TotalSeconds:0} s {(ahead > behind ? "ahead of" : "behind")} this machine's",
            "Let both take their time from NTP: tokens expire by it.");
    }

    private void CheckTls(Uri address, DateTimeOffset? certificateEnds)
    {
        if (address.Scheme == Uri.UriSchemeHttp)
            Add("tls", Finding.Ok, "not needed: the server is on this machine");
        else if (certificateEnds is not { } end)
            Add("tls", Finding.Ok, "the certificate is trusted");
        else if (end - session.Time.GetUtcNow() < CertificateLeft)
            Add("tls", Finding.Warn, $"the certificate ends on {Terminal.Time(end)}",
                "Renew it, and mend its renewal.");
        else
            Add("tls", Finding.Ok, $"the certificate is trusted, until {Terminal.Time(end)}");
    }

    private async Task<bool> CheckToken(CastellanClient client, CancellationToken ct)
    {
        try
        {
            var me = (await client.Operators.Me(ct)).Value;
            Add("token", Finding.Ok, $"{me.Email ?? me.Id}, {me.Role}");
            return true;
        }
        catch (CastellanProblemException refused)
        {
            Add("token", Finding.Fail, refused.Problem.Title,
                refused.Problem.Status == 401 ? "castellan login" : refused.Problem.Fix);
        }
        catch (CastellanUnreachableException wrong)
        {
            Add("token", Finding.Fail, wrong.Why, "Update the older of castellan and castellan-server.");
        }
        return false;
    }

    private async Task CheckInstallation(CastellanClient client, Uri address, CancellationToken ct)
    {
        try
        {
            var server = (await client.Installation.Get(ct)).Value;
            var mine = typeof(Diagnosis).Assembly.GetName().Version!;
            if (FitsTogether(mine, server.Version))
                Add("version", Finding.Ok, $"castellan {mine.ToString(3)}, castellan-server {server.Version}");
            else
                Add("version", Finding.Warn, $"castellan {mine.ToString(3)}, castellan-server {server.Version}",
                    "Update the older one: they may not understand each other.");
            if (server.PublicUrl.Authority == address.Authority && server.PublicUrl.Scheme == address.Scheme)
                Add("address", Finding.Ok, "the one that the server gives to apps");
            else
                Add("address", Finding.Warn, $"the server gives {server.PublicUrl} to apps, and this is {address}",
                    "Log in with that address, or correct the server's PublicUrl: links and issuers are made from it.");
        }
        catch (CastellanProblemException refused)
        {
            Add("version", Finding.Warn, refused.Problem.Title, refused.Problem.Fix);
        }
        catch (CastellanUnreachableException wrong)
        {
            Add("version", Finding.Warn, wrong.Why, "Update the older of castellan and castellan-server.");
        }
    }

    /// <summary>Semantic Versioning: below 1.0 a minor version may break, from then on a major one.</summary>
    internal static bool FitsTogether(Version mine, string theirs) =>
        Version.TryParse(theirs.Split('-', '+')[0], out var server)
        && server.Major == mine.Major && (mine.Major > 0 || server.Minor == mine.Minor);

    private void Add(string check, string result, string says, string? fix = null) =>
        findings.Add(new Finding(check, result, says, fix));
}
