using Castellan.Platform;

namespace Castellan.Kernel.Http;

/// <summary>What who reads the API for the first time needs to know before any single operation.</summary>
internal static class ApiIntroduction
{
    public static string Markdown { get; } = $$"""
        One server that every app uses instead of a backend of its own.

        ## Base address

        Every path below is appended to the address under which you reach this server, such as
        `https://castellan.example.com` or, on your own machine, `http://127.0.0.1:7300`. Bodies and answers are JSON in
        UTF-8, names are in `snake_case`, times in RFC 3339 (UTC), ids are text that says its kind, such as `usr_...`.

        ## Credentials

        | who | header | where it may be |
        |---|---|---|
        | an app, with its publishable key | `Castellan-Key: cas_pk_...` | in browsers, from registered origins |
        | an app's server, with a secret key | `Authorization: Bearer cas_sk_...` | on servers only |
        | one job of it, with a restricted key | `Authorization: Bearer cas_rk_...` | on servers only |
        | a user's token, or an operator's (`cas_op_...`) | `Authorization: Bearer ...` | where they signed in |

        A call with a user's token may carry the app's publishable key beside it. Each operation lists which of them it
        takes.

        ```
        curl -s $CASTELLAN/v1/auth/sign-up \
          -H "Castellan-Key: cas_pk_sandbox_..." -H "Content-Type: application/json" \
          -d '{"email":"grace@example.com","password":"correct horse"}'
        ```

        ## Environments

        `sandbox` is for building and trying out, `live` for real people; they share no data. Keys and users' tokens
        belong to one of them. Operators name it: `Castellan-Environment: sandbox`.

        ## Tenants

        A tenant is a customer organisation. Operations on one name it in their path, `/v1/tenants/{tenant}/...`.
        Whoever is no member, or comes through an app that is not installed for it, gets the same 404 as for one that
        does not exist.

        ## Errors

        Problem details (RFC 9457), `application/problem+json`: `code` is stable and meant for programs, `fix` says what
        to do, `errors` lists everything that is wrong with the input, each with its `pointer`. Give `request_id` to
        whoever runs the server. [Every code has its entry](/errors).

        A 403 to a caller who is known has a `decision_id`: the refusal itself, as the audit log has it. Operators find
        there who was refused what, when, and by which rule or policy; a tenant's admin asks `access.explain` why a
        member is refused. A 404 has none, as it must not tell whether there is something.

        ## Repeats

        A call that changes something takes an `Idempotency-Key` of your choice, where a credential names the caller.
        For 24 hours a repeat with the same key and input gets the first answer, marked `Idempotent-Replayed: true`, and
        nothing is done twice. An answer that shows a secret is not kept: its repeat says that it was shown once. For
        callers who show only a publishable key, or nothing, no answers are kept, and the header is ignored. What has a
        `version` has an `ETag`; send it as `If-Match` and a change meets the state that you saw, or is refused with
        412.

        ## Lists

        `limit` is {{Limits.PageDefault}} unless you say otherwise, and at most {{Limits.PageMax}}. Where `next_cursor`
        is not null there is more: send it as `cursor`.

        ## Who looks on

        Where an operator looks as a user does, every answer bears `Castellan-Impersonation`. `Castellan-Policy-Report`
        names policies in trial that would have refused the call.

        ## Limits

        Bodies have at most {{Limits.BodyBytes / 1024}} KB. `RateLimit-Policy` and `RateLimit` say what you may still
        do; beyond it the answer is 429, and `Retry-After` says for how many seconds to wait.
        """;
}
