using Castellan.Identity.OAuth;
using Castellan.Identity.Pages;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// With a killed environment end its sessions, sign-ins on our own pages, codes, mailed links, and who looks as a user.
/// </summary>
internal sealed class IdentityStops(
    SessionStore sessions, SessionDirectory directory, ImpersonationStore impersonations,
    ImpersonationDirectory acting) : IStopListener
{
    public async ValueTask Stopped(Change change, Target target, Stop stop)
    {
        if (target.Kind != "environment" || stop.How is not StopKind.Killed) return;
        var scope = new EnvironmentScope(target.Id, App: null);
        await sessions.RevokeAll(change, scope);
        await PageSessions.EndAll(change, scope);
        await AuthorizationCodes.SpendAll(change, scope);
        await EmailLinks.CancelAll(change, scope);
        await impersonations.EndAll(change, scope);
        directory.ForgetSessions(change);
        acting.ForgetAll(change);
    }
}
