namespace Castellan.Cli.Agents;

/// <summary>What the block says of every app.</summary>
internal static class AgentsText
{
    public const string Shortened = """
        This list is shortened. Read `castellan.json` (or `castellan contract --app NAME`) for fields, bounds and rules.


        """;

    public const string Never = """

        ### Never

        - Never send `id`, `tenant_id`, `owner_id`, `version` or times, nor a user's id as an argument: the server sets
          them from the credential.
        - Never put a secret key (`cas_sk_...`) in a browser, a repository or this file.
        - Never write a rule `true`: use `tenant_member`, or `public` where strangers may really see it.
        - Never filter or hide records in the browser for safety: the rules of the contract decide on the server.
        - Never add a database, an auth library or password fields: Castellan has them.

        """;

    public const string Errors = """

        ### Errors (`error.code`), and what to do

        - `rule_denied`: the rule in words above is not true for this person and record. Hide the control; do not retry.
        - `set_by_server`, `unknown_field` (in `error.errors`): leave the field out; check its spelling above.
        - `input_invalid`: show each of `error.errors` at its field: `pointer` names it, `fix` says how.
        - `unique_taken`: another record has the value. Ask for another, or upsert.
        - `reference_missing`: the id is of no record that this person may read. Load the list again.
        - `still_referenced`: delete or change the records that refer to it first.
        - `version_conflict`, `if_match_required`: read the record again, and send `{ ifMatch: record.version }`.
        - `tenant_required`, `missing_parameter`: wait until the tenant is chosen. `workspace_required`: name it.
        - `not_found`: it is gone, or this person may not read it; the two look alike on purpose. Where nobody is signed
          in: sign in. Of a whole collection: the contract is not applied here, so `castellan apply`.
        - `credential_required`, `not_signed_in`, `session_ended`: `castellan.auth.signInWithRedirect()`.
        - Anything else: show `error.detail` and `error.fix`, log `error.request_id`, retry where `error.retryable`.

        """;

    public const string Change = """

        ### Change the backend

        Edit `castellan.json` (its JSON Schema: `/v1/schemas/contract` of the server). Then `castellan plan --app NAME`,
        `castellan apply --app NAME`, `castellan types`, `castellan agents-md`. What `plan` wants confirmed is for a
        person to decide.

        """;

    public static string Connect(string url) => $$"""
        ## Backend: Castellan

        Made by `castellan agents-md` from `castellan.json`. This app has no server of its own: its backend is
        Castellan{{(url.Length == 0 ? "" : $" at {url}")}}. Use the client below and nothing else.

        ```ts
        import { createClient } from "@castellan/client";
        import type { Collections } from "./castellan-types"; // made by `castellan types`

        export const castellan = createClient<Collections>({
          url: import.meta.env.VITE_CASTELLAN_URL,
          key: import.meta.env.VITE_CASTELLAN_KEY, // publishable (cas_pk_...): safe in a browser
        });
        castellan.auth.signedIn;                    // else: await castellan.auth.signInWithRedirect()
        await castellan.auth.handleCallback();      // on /callback, once
        await castellan.tenants.list();             // the person's tenants; keep the id of the chosen one
        ```

        """;

    public static string Calls(string collection) => $$"""

        ### Calls

        Every call answers `{ data, error }`; nothing throws. Look at `error` first.

        ```ts
        const records = castellan.tenant(tenantId).from("{{collection}}"); // in a workspace: .workspace(id).from(...)
        await records.list({ filter: { created_at: { gte: since } }, sort: "-created_at", limit: 50 });
        for await (const { data, error } of records.all({ select: ["id"] })) if (error) break;
        await records.get(id);
        await records.create({ /* fields */ });
        await records.update(id, { /* only what changes; null clears */ }, { ifMatch: record.version });
        await records.replace(id, { /* all fields */ });
        await records.upsert({ /* fields */ }, { on: ["..."] }); // on a unique key
        await records.delete(id);
        await records.bulk([{ op: "create", record: { /* fields */ } }]);
        await records.history(id); await records.restore(id);
        ```

        Filters: `{ field: value }` or `{ field: { op: value } }` with eq ne lt lte gt gte in not_in is_null, and for
        text prefix contains ieq iprefix icontains; `and`, `or` take lists, `not` one filter; `"place.city"` reaches
        inside of JSON. Sort: `"-field"` or `["-field", "other"]`. Records have `id`, `tenant_id`, `owner_id`,
        `version`, `created_at`, `updated_at`.

        """;
}
