using Castellan.Access.Permissions;
using Castellan.Access.Roles;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Granting;

/// <summary>A grant that is about to be made, with its permission resolved.</summary>
internal sealed record WantedGrant(CreateGrant Input, Permission? Permission, ResourcePattern Resource);

/// <summary>What has to be true of a grant before it is made.</summary>
internal sealed class GrantGiving(
    PermissionCatalogue catalogue, GrantCeiling ceiling, GrantTargets targets, RoleStore roles, AccessOptions options)
{
    /// <summary>All that needs no lock: the body as a whole, the condition, the permission.</summary>
    public async ValueTask<WantedGrant> Prepare<TIn>(Call<TIn> call, CreateGrant input)
    {
        List<FieldProblem> problems = [.. input.Missing(call.Now)];
        if (input.Condition is { } source) problems.AddRange(GrantConditions.Check(source, "/condition"));
        if (problems.Count > 0) throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
        if (call.Caller.App is { } own && input.Resource.App is { } other && own != other)
            throw new Refusal(GateProblems.NotFound);
        // A key speaks for its app, and gives nothing away in others.
        var resource = call.Caller.Kind is CallerKind.Key
            ? input.Resource with { App = call.Caller.App }
            : input.Resource;
        if (input.Permission is not { } name) return new WantedGrant(input, null, resource);
        var permission = (await catalogue.Resolve(
            call.Environment.Environment, input.Resource.App ?? call.Caller.App, [name], "/permission"))[0];
        if (permission.App is null && input.Resource.Collection is not null)
        {
            throw new Refusal(GateProblems.InputInvalid.With() with
            {
                Errors = [new FieldProblem("/collection", "not_of_apps", $"{name} is not about records.",
                    "Leave it out: only permissions of an app's contract are narrowed to a collection.")],
            });
        }
        // A permission of an app means something in that app alone.
        return new WantedGrant(
            input, permission, permission.App is { } app ? resource with { App = app } : resource);
    }

    /// <summary>A grant as it would be made, for somebody who only wants to know what it would do.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="input">What is proposed.</param>
    /// <param name="pointer">Where it stands in the body.</param>
    public async ValueTask<AccessGrant> Propose<TIn>(Call<TIn> call, CreateGrant input, string pointer)
    {
        WantedGrant wanted;
        try
        {
            wanted = await Prepare(call, input);
        }
        catch (Refusal refusal) when (refusal.Problem.Errors.Count > 0)
        {
            throw new Refusal(refusal.Problem with
            {
                Errors = [.. refusal.Problem.Errors.Select(error => error with { Pointer = pointer + error.Pointer })],
            });
        }
        await targets.Require(call.Tenant, input);
        await RequireOfAgent(call.Tenant, wanted, pointer);
        var key = await targets.FirstOf(call.Tenant, input.Key);
        return Of(wanted, call.Tenant.Tenant, key, call.Caller, call.Now, revision: 0);
    }

    /// <summary>All that the lock is for: who is named is there, the bound, the ceiling.</summary>
    public async ValueTask<AccessGrant> Make(Change change, TenantScope scope, WantedGrant wanted, Revising revising)
    {
        var (input, resource) = (wanted.Input, wanted.Resource);
        await targets.Require(scope, input, change);
        await RequireOfAgent(scope, wanted, "", change);
        var key = await targets.FirstOf(scope, input.Key, change);
        if (revising.Before.All.Count(grant => !grant.HasExpired(change.Now)) >= options.GrantsMax)
            throw new Refusal(AccessErrors.LimitReached, $"A tenant may have {options.GrantsMax} grants in force.");
        if (input.Condition is not null && revising.Before.All.Count(
            grant => grant.Condition is not null && !grant.HasExpired(change.Now)) >= options.ConditionsMax)
        {
            throw new Refusal(
                AccessErrors.LimitReached, $"A tenant may have {options.ConditionsMax} grants with a condition.");
        }
        IReadOnlyList<Permission> given = wanted.Permission is { } permission
            ? [permission]
            : await roles.PermissionsOf(change, scope, input.Role!.Value);
        ceiling.Require(change, revising.Before, given.Select(p => new Giving(p, resource, input.ExpiresAt)));
        return Of(wanted, scope.Tenant, key, change.Caller, change.Now, revising.Revision);
    }

    private static AccessGrant Of(
        WantedGrant wanted, TenantId tenant, KeyId? key, Caller by, DateTimeOffset now, long revision)
    {
        var (input, resource) = (wanted.Input, wanted.Resource);
        return new AccessGrant(
            GrantId.New(now), tenant, input.User, input.Group, key, input.Agent, input.Permission, input.Role,
            resource.App, resource.Workspace, resource.Collection, resource.Record, input.Condition, input.Reason,
            by.Principal, now, input.ExpiresAt, revision, null, null)
        {
            Given = wanted.Permission,
        };
    }

    /// <summary>An agent is given no operation that it may not have at all.</summary>
    private async ValueTask RequireOfAgent(
        TenantScope scope, WantedGrant wanted, string pointer, IReads? within = null)
    {
        if (wanted is not { Input.Agent: { } agent, Permission: { App: null } permission }) return;
        if ((await targets.RequireAgent(scope, agent, within)).MayHave(permission)) return;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors =
            [
                new FieldProblem($"{pointer}/permission", "not_of_agent",
                    $"{permission.Name} is not among the operations of this agent.",
                    catalogue.Behind(permission).MayBeLent
                        ? "An operator can add it to them with agents.update."
                        : "Grant it to a person: no agent does it."),
            ],
        });
    }
}
