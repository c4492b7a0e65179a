using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Mail;
using Castellan.Platform.Crypto;

namespace Castellan.Operators;

/// <summary>
/// Makes the one-time links with which operators set their password: the first owner's at each start until it was used,
/// and a locked-out owner's from the server's command line. Whoever may run that may read the database anyway.
/// </summary>
internal sealed class OperatorLinks(
    OperatorStore store, Changes changes, PublicAddress address, MailOutbox outbox, MailOptions mail) : IStartLine
{
    /// <summary>A link waits at most a day for the person whom it was made for.</summary>
    public static readonly TimeSpan LinkGood = TimeSpan.FromHours(24);

    private static readonly InstallationScope Scope = new();

    /// <summary>A fresh link for the first owner, as long as nobody has a password; then nothing.</summary>
    public async ValueTask<string?> Line(CancellationToken ct)
    {
        if (await store.AnyOwnerHasPassword(Scope, ct)) return null;
        var made = await changes.RunAs(Caller.System("first-start"), "operators.first_link", async change =>
        {
            await store.LockInstallation(change, Scope);
            return await Make(change, await store.FindFirstOwner(change, Scope) ?? await InsertFirstOwner(change));
        });
        return $"Set the owner's password, once, until {made.LinkExpiresAt:yyyy-MM-dd HH:mm} UTC:\n  {made.Link}";
    }

    /// <summary>
    /// A link for an owner who cannot sign in: the one with this address, or the only one. Refuses with what to do.
    /// </summary>
    public ValueTask<CreatedLink> ForLockedOutOwner(string? email) =>
        changes.RunAs(Caller.System("command-line"), "operators.owner_link", async change =>
        {
            await store.LockInstallation(change, Scope);
            var owners = await store.LockOwners(change, Scope);
            if (owners.Count == 0)
                return await Make(change, await store.FindFirstOwner(change, Scope) ?? await InsertFirstOwner(change));
            var key = email is null ? null : EmailAddress.Key(email);
            var named = owners.Where(o => key is null || EmailAddress.Key(o.Email!) == key).ToList();
            return named is [var only]
                ? await Make(change, only)
                : throw new Refusal(GateProblems.NotFound, named.Count == 0
                    ? $"No active owner has the address {email}. Owners: {Names(owners)}."
                    : $"There are several owners; name one with --email: {Names(owners)}.");
        });

    /// <summary>
    /// A one-time token for a script on this machine. It acts as an operator of its own, an admin, which an owner can
    /// suspend like any other.
    /// </summary>
    public ValueTask<CreatedToken> ForThisMachine() =>
        changes.RunAs(Caller.System("command-line"), "operators.machine_token", async change =>
        {
            await store.LockInstallation(change, Scope);
            var machine = await store.FindMachine(change, Scope);
            if (machine is null)
            {
                machine = new Operator(
                    OperatorId.New(change.Now), "This machine", null, OperatorRole.Admin, OperatorState.Active,
                    change.Now,
                    change.Now, null, null, Version: 1);
                await store.InsertMachine(change, Scope, machine);
            }
            var token = OpaqueToken.New(OperatorTokens.Link);
            var expires = change.Now + SignInEndpoints.CommandLineTokenGood;
            await store.InsertLink(
                change, Scope, new OperatorLink(OpaqueToken.Hash(token), machine.Id, LinkPurpose.CommandLine, expires));
            change.Audit(machine.Target, Snapshot.None, Snapshot.Of(machine, OperatorsJson.Wire.Operator));
            return new CreatedToken(token, expires);
        });

    /// <summary>Makes the link inside a Change, records it, and ends the links before it.</summary>
    public async ValueTask<CreatedLink> Make(Change change, Operator target)
    {
        var token = OpaqueToken.New(OperatorTokens.Link);
        var expires = change.Now + LinkGood;
        await store.InsertLink(
            change, Scope, new OperatorLink(OpaqueToken.Hash(token), target.Id, LinkPurpose.Password, expires));
        change.Audit(target.Target, Snapshot.None, Snapshot.Of(target, OperatorsJson.Wire.Operator));
        return new CreatedLink(target, address.At($"setup?token={token}"), expires);
    }

    /// <summary>Also mails the link, where mail leaves this server; the answer shows it in any case.</summary>
    public async ValueTask<CreatedLink> MakeAndMail(Change change, Operator target)
    {
        var made = await Make(change, target);
        if (mail.Host is null || target.Email is null) return made;
        // Operators belong to no environment; mail to real people is sent as in live.
        await outbox.Queue(change, new EnvironmentScope(EnvironmentDirectory.Live, App: null), new OutgoingMail(
            target.Email, "Set your password for Castellan", $"""
            You are an operator ({Wire.Name(target.Role)}) of Castellan at {address.Base}.

            Set your password with this link. It works once, within a day:
            {made.Link}
            """, "operator_link"));
        return made;
    }

    private async ValueTask<Operator> InsertFirstOwner(Change change)
    {
        var owner = new Operator(
            OperatorId.New(change.Now), null, null, OperatorRole.Owner, OperatorState.Invited, change.Now, change.Now,
            null,
            null, Version: 1);
        await store.Insert(change, Scope, owner);
        return owner;
    }

    private static string Names(List<Operator> owners) => string.Join(", ", owners.Select(o => o.Email));
}
