using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>login</c>, <c>logout</c> and <c>whoami</c>.</summary>
internal static class SignInCommands
{
    private static readonly Uri LocalServer = new("http://127.0.0.1:7300");

    public static IEnumerable<Command> All() => [Login(), Logout(), WhoAmI()];

    private static Verb Login()
    {
        var url = new Option<Uri?>("--url")
        {
            Description = $"The server's address. Default: the profile's, else {LocalServer}",
            HelpName = "https://...",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
                result.AddError($"'{text}' is not an http or https address.");
                return null;
            },
        };
        var token = Words.Text(
            "--token", "A one-time token from the operators' pages. Default: standard input, where it is no terminal.",
            "token");
        var device = new Option<bool>("--device")
        {
            Description = "Show a code to approve in a browser, also where standard input is no terminal.",
        };
        var open = new Option<bool>("--open") { Description = "Open that page in this machine's browser." };
        var verb = new Verb("login",
            "Sign in by a code that you approve in a browser, and keep the operator token in a profile.",
            "castellan login --url https://castellan.example.com",
            "castellan login --url https://castellan.example.com --profile production < token.txt")
        {
            url, token, device, open,
        };
        return verb.Does(async (session, ct) =>
        {
            var profiles = session.Profiles.Read();
            var (found, before) = profiles.Find(session.ProfileName);
            var name = found ?? Profiles.DefaultName;
            var address = session.Value(url) ?? before?.Url ?? LocalServer;
            var client = session.Connect(new Connection(address, Token: null));
            var oneTime = session.Value(token);
            var byDevice = session.Value(device) || session.Value(open) || Terminal.IsAtKeyboard;
            if (oneTime is not null && (session.Value(device) || session.Value(open)))
                throw new Complaint("--token and a code are two ways.", "Leave one of them out.");
            var (operatorToken, expires, who) = oneTime is null && byDevice
                ? await new DeviceSignIn(client.Operators, session.Terminal, session.Time)
                    .Run(session.Value(open), ct)
                : await ByToken(client, oneTime ?? session.Terminal.Ask("", secret: true), address, ct);
            var profile = new Profile(address, operatorToken, who.Email ?? who.Id, expires);
            session.Profiles.Write(profiles.With(name, profile));
            session.Terminal.Notice(
                $"Signed in to {address} as {who.Email ?? who.Id} ({who.Role}), profile '{name}', "
                + $"until {Terminal.Time(expires)} at the latest.");
        });
    }

    private static async Task<OperatorToken> ByToken(
        CastellanClient client, string oneTime, Uri address, CancellationToken ct)
    {
        if (oneTime.Length == 0)
            throw new Complaint(
                "No one-time token was given.", $"Make one on the operators' pages at {address}admin.");
        return (await client.Operators.Exchange(oneTime, ct)).Value;
    }

    private static Verb Logout()
    {
        var verb = new Verb("logout", "End the operator token, here and on the server.",
            "castellan logout", "castellan logout --profile production");
        return verb.Does(async (session, ct) =>
        {
            var profiles = session.Profiles.Read();
            var (name, profile) = profiles.Find(session.ProfileName);
            if (name is null || profile?.Token is null)
            {
                session.Terminal.Notice("Nobody is signed in.");
                return;
            }
            // First here: the token leaves this machine also where the server does not answer.
            session.Profiles.Write(profiles.With(name, profile with { Token = null, ExpiresAt = null }));
            try
            {
                await session.Connect(new Connection(profile.Url, profile.Token)).Operators.SignOut(ct);
            }
            catch (CastellanProblemException refused) when (refused.Problem.Status == 401)
            {
                // It had ended already, perhaps by a first attempt whose answer was lost.
            }
            session.Terminal.Notice($"Signed out of {profile.Url}, profile '{name}'.");
        });
    }

    private static Verb WhoAmI() =>
        new Verb("whoami", "Show whose token the profile holds.", "castellan whoami").Does(async (session, ct) =>
            session.Terminal.Show(await session.Client.Operators.Me(ct), me => me.Id, me =>
            [
                ("id", me.Id), ("email", me.Email), ("name", me.Name), ("role", me.Role), ("state", me.State),
            ]));
}
