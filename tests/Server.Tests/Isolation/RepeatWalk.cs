using Castellan.Kernel;

namespace Castellan.Tests.Isolation;

/// <summary>Good requests, for every kind of caller: once, again, at once, and under a key that is taken.</summary>
internal static class RepeatWalk
{
    private static readonly string[] OddText = ["'\"; --%_*\\x{0}", "\u202e\ud83d\ude00\u0301\ufeff", "-1e999"];

    public static async Task Of(Walk walk, Operation operation)
    {
        foreach (var kind in Scenes.Kinds(operation))
        {
            var good = await walk.Scenes.Make(operation, kind);
            if (!operation.Writes) await Read(walk, good);
            else if (kind is CallerKind.App or CallerKind.Nobody) await Done(walk, good);
            else await Repeat(walk, good);
        }
    }

    /// <summary>Of many at once with one key, one is done.</summary>
    public static async Task AtOnce(Walk walk, Operation operation)
    {
        var kind = Scenes.Kinds(operation).FirstOrDefault(k => k is not (CallerKind.App or CallerKind.Nobody));
        if (!operation.Writes || kind == default) return;
        var good = (await walk.Scenes.Make(operation, kind)).WithHeader("Idempotency-Key", walk.World.Next("storm"));
        var before = await Entries(walk, operation);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => walk.Send(good)));
        var done = await Entries(walk, operation) - before;

        if (done != 1) walk.Add(good, "at once", $"was done {done} times");
        if (answers.Where(a => a.IsDone).Select(a => a.Text).Distinct().Count() != 1)
            walk.Add(good, "at once", $"answers differ: {string.Join(' ', answers.Select(a => a.Text))}");
        foreach (var answer in answers.Where(a => !a.IsDone))
        {
            var told = answer.Code is "idempotency_in_flight"
                || (operation.ShowsSecret && answer.Code is "secret_already_shown")
                || (operation.EndsStanding && answer.Status is 401 or 404)
                || (kind is CallerKind.Capability && answer.Code is "credential_invalid");
            if (!told) walk.Add(good, "at once", $"{answer.Status} {answer.Text}");
        }
    }

    /// <summary>Text that only a careless program stumbles over, in each field that takes any.</summary>
    public static async Task OddTexts(Walk walk, Operation operation)
    {
        foreach (var field in operation.DescribeInput().Where(f => f.Kind() == "string"))
        {
            if (field.Place is FieldPlace.Path || field.Schema["maxLength"] is null) continue;
            foreach (var text in OddText)
            {
                var good = await walk.Scenes.Make(operation, Scenes.Kinds(operation).First());
                var odd = field.Place is FieldPlace.Body
                    ? good.WithField(field.Name, text)
                    : good with { Query = $"{field.Name}={Uri.EscapeDataString(text)}" };
                var answer = await walk.Send(odd);
                if (answer.Status >= 500) walk.Add(odd, $"an odd {field.Name}", $"{answer.Status} {answer.Text}");
            }
        }
    }

    private static async Task Read(Walk walk, Asked good) =>
        await walk.WithoutTrace(good.Operation, () => Done(walk, good));

    private static async Task<Answered> Done(Walk walk, Asked good)
    {
        var answer = await walk.Send(good);
        if (!answer.IsDone) walk.Add(good, "a good request", $"{answer.Status} {answer.Text}");
        return answer;
    }

    private static async Task Repeat(Walk walk, Asked good)
    {
        var operation = good.Operation;
        var keyed = good.WithHeader("Idempotency-Key", walk.World.Next("key"));
        var first = new Answered(0, null, "", Replayed: false, null);
        await walk.WithinTenant(good, async () => first = await Done(walk, keyed));
        if (!first.IsDone) return;
        await walk.WithoutTrace(operation, async () =>
        {
            if (operation.EndsStanding)
            {
                var again = await walk.Send(keyed);
                if (!again.Replayed && again.Status is not (401 or 404))
                    walk.Add(good, "a repeat after the end", $"{again.Status} {again.Text}");
                return;
            }
            await Again(walk, keyed, first);
            await walk.Refused(
                keyed.WithHeader("If-Match", "*"), "the key of another request",
                Used(operation, "idempotency_key_reused"));
            foreach (var field in operation.DescribeInput().Where(f => f.Place is FieldPlace.Body).Take(1))
            {
                if (good.Body[field.Name]?.GetValueKind() is not System.Text.Json.JsonValueKind.String) continue;
                if (field.Schema["pattern"] is not null || field.Schema["enum"] is not null) continue;
                await walk.Refused(
                    keyed.WithField(field.Name, "a" + good.Body[field.Name]), "another body",
                    Used(operation, "idempotency_key_reused"));
            }
        });
    }

    private static async Task Again(Walk walk, Asked keyed, Answered first)
    {
        if (keyed.Operation.ShowsSecret)
        {
            await walk.Refused(keyed, "a repeat", Used(keyed.Operation, "secret_already_shown"));
            return;
        }
        var again = await walk.Send(keyed);
        if (!again.Replayed || again.Text != first.Text || again.Status != first.Status)
            walk.Add(keyed, "a repeat", $"{again.Status} {again.Text} after {first.Text}");
    }

    /// <summary>A one-time link is used up by what it was for: the credential itself is refused then.</summary>
    private static string[] Used(Operation operation, string code) =>
        operation.Grants.All(g => g.Kind is CallerKind.Capability) ? [code, "credential_invalid"] : [code];

    /// <summary>How many requests have done it.</summary>
    private static async Task<int> Entries(Walk walk, Operation operation) => (await walk.World.Server.Database.Many(
        $"select distinct request_id from audit_entry where action = {operation.Name} and outcome = {"done"}",
        row => row.Text())).Count;
}
