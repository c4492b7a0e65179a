using System.Text;
using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Access.Names;
using Castellan.Access.Questions;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Access.AuthZen;

/// <summary>
/// Finds for whom, on what, or for which actions a question is answered with yes. Each result was decided by itself, so
/// asked again alone it is allowed. A page ends where it has looked at enough; it may be short, or empty with a token.
/// </summary>
internal sealed class AuthZenSearch(
    AuthZenDecider decider, HolderStore holders, NameDirectory names, GrantDirectory grants, Cursors cursors)
{
    /// <summary>Decisions of one page: conditions are evaluated in each.</summary>
    private const int LookedAt = 100;

    public async ValueTask<AuthZenEntities> Subjects(Call<AskSearch> call)
    {
        var (asker, asked) = (Asker.Of(call), call.Input.Asked);
        await decider.RequireMayAsk(asker, null);
        var place = Open(call);
        var known = await names.Find(asker.Scope.Tenant);
        var type = asked.Subject.Type;
        var isUser = type == Names.Subjects.User;
        if ((!isUser && !(asker.App is { } named && known.HasSubjects(named, type)))
            || await decider.Resource(asker, asked.Resource) is not { } resource
            || await decider.Permission(asker, asked) is not { } permission)
        {
            return new AuthZenEntities([], End(0));
        }
        var looked = await holders.List(asker.Scope, place.After, LookedAt + 1, call.Aborted);
        var found = new List<AuthZenEntity>();
        for (var i = 0; i < looked.Count; i++)
        {
            if (i == LookedAt || found.Count == call.Input.Page.Limit)
                return new AuthZenEntities(found, More(place, looked[i - 1].Id.Value, found.Count));
            var user = looked[i].User;
            var name = asker.App is { } app ? known.Of(app, type, user) : null;
            if ((name ?? (isUser ? user.Value : null)) is not { } id) continue;
            var about = asked with { Subject = asked.Subject with { Id = id } };
            if ((await decider.Decide(asker, user, permission, resource, about)).Decision)
                found.Add(new AuthZenEntity(type, id));
        }
        return new AuthZenEntities(found, End(found.Count));
    }

    public async ValueTask<AuthZenEntities> Resources(Call<AskSearch> call)
    {
        var (asker, asked) = (Asker.Of(call), call.Input.Asked);
        var user = await decider.Subject(asker, asked.Subject);
        await decider.RequireMayAsk(asker, user);
        if (user is not { } known || await decider.Permission(asker, asked) is not { } permission)
            return new AuthZenEntities([], End(0));
        var type = asked.Resource.Type;
        var (found, page) = await Look(
            call, await Ids(asker, known, type, call.Aborted),
            async id =>
            {
                var about = asked with { Resource = asked.Resource with { Id = id } };
                return await decider.Resource(asker, about.Resource) is { } resource
                    && (await decider.Decide(asker, known, permission, resource, about)).Decision;
            });
        return new AuthZenEntities([.. found.Select(id => new AuthZenEntity(type, id))], page);
    }

    public async ValueTask<AuthZenActions> Actions(Call<AskSearch> call)
    {
        var (asker, asked) = (Asker.Of(call), call.Input.Asked);
        var user = await decider.Subject(asker, asked.Subject);
        await decider.RequireMayAsk(asker, user);
        if (user is not { } known || await decider.Resource(asker, asked.Resource) is not { } resource)
            return new AuthZenActions([], End(0));
        var (found, page) = await Look(
            call, await decider.Actions(asker, asked.Resource.Type),
            async name =>
            {
                var about = asked with { Action = name };
                return await decider.Permission(asker, about) is { } permission
                    && (await decider.Decide(asker, known, permission, resource, about)).Decision;
            });
        return new AuthZenActions([.. found.Select(name => new AuthZenAction(name))], page);
    }

    /// <summary>
    /// The things of a type that are known here: the tenant, its workspaces, what the app has named, and records that
    /// are named by grants which reach the member.
    /// </summary>
    private async ValueTask<IReadOnlyList<string>> Ids(Asker asker, UserId user, string type, CancellationToken ct)
    {
        if (type == Names.Resources.Tenant) return [asker.Scope.Tenant.Value];
        if (type == Names.Resources.Workspace) return await holders.ListWorkspaces(asker.Scope, ct);
        IReadOnlyList<string> named = asker.App is { } app
            ? (await names.Find(asker.Scope.Tenant)).Resources(app, type)
            : [];
        var granted = (await grants.Find(asker.Scope.Tenant)).Reaching(user)
            .Where(reaching => reaching.Grant.Collection == type).Select(reaching => reaching.Grant.RecordId?.Value);
        return [.. named.Concat(granted.OfType<string>()).Distinct().Order(StringComparer.Ordinal)];
    }

    private async ValueTask<(List<string> Found, AuthZenPage Page)> Look(
        Call<AskSearch> call, IReadOnlyList<string> candidates, Func<string, ValueTask<bool>> isAllowed)
    {
        var place = Open(call);
        var (found, looked, last) = (new List<string>(), 0, "");
        foreach (var candidate in candidates)
        {
            if (place.After is { } after && string.CompareOrdinal(candidate, after) <= 0) continue;
            if (looked++ == LookedAt || found.Count == call.Input.Page.Limit)
                return (found, More(place, last, found.Count));
            last = candidate;
            if (await isAllowed(candidate)) found.Add(candidate);
        }
        return (found, End(found.Count));
    }

    private PagePlace Open(Call<AskSearch> call)
    {
        var asked = call.Input.Asked;
        return cursors.Open(call.Operation, call.Tenant, call.Input.Page,
        [
            asked.Subject.Type, asked.Subject.Id, asked.Action, asked.Resource.Type, asked.Resource.Id,
            Text(asked.Subject.Properties), Text(asked.ActionProperties), Text(asked.Resource.Properties),
            Text(asked.Context),
        ]);
    }

    private static string Text(JsonElement value) => Encoding.UTF8.GetString(CanonicalJson.Write(value));

    private static AuthZenPage End(int count) => new("", count);

    private AuthZenPage More(PagePlace place, string last, int count) => new(cursors.Close(place, last), count);
}
