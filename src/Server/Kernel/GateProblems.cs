namespace Castellan.Kernel;

/// <summary>The problems that the gate itself answers with.</summary>
internal static class GateProblems
{
    public static readonly ProblemType CredentialRequired = new("credential_required", 401, "A credential is required",
        "The operation needs a caller and the request named none.",
        "Send `Authorization: Bearer <token>`, or `Castellan-Key: <publishable key>` where the operation allows it.");

    public static readonly ProblemType CredentialInvalid = new("credential_invalid", 401, "The credential is not valid",
        "The token or key is malformed, unknown, expired or revoked. Which of these is not said.",
        "Sign in again, or create a new key.");

    public static readonly ProblemType OriginRefused = new("origin_refused", 403, "This origin is not registered",
        "A browser sent the app's key from an origin that the app does not list, or sent a secret key at all.",
        "Register the origin on the app's settings for this environment. Never put a secret key into a browser.");

    public static readonly ProblemType PermissionDenied = new("permission_denied", 403, "You may not do this",
        "The caller is known, and holds no role or permission for this operation.",
        "Ask an owner or admin for the role that the detail names.");

    public static readonly ProblemType NotFound = new("not_found", 404, "There is nothing here",
        "The object does not exist, or the caller may not know that it does; the two are not told apart.",
        "Check the id, the environment and the tenant, and that the app is installed for the tenant.");

    public static readonly ProblemType TenantRequired = new("tenant_required", 400, "A tenant is required",
        "Records belong to tenants, and the request named none.",
        "Send `Castellan-Tenant: ten_...`; tenants.list says which ones are yours. Only a key that is for one tenant "
        + "may leave it out.");

    public static readonly ProblemType RateLimited = new("rate_limited", 429, "Too many requests",
        "A limit named in the RateLimit-Policy header is used up.",
        "Wait as long as Retry-After says, then send the same request.", Retryable: true);

    public static readonly ProblemType SignInDelayed = new("sign_in_delayed", 429, "Too many failed sign-ins",
        "Recent attempts for this address failed, so the next one waits, longer every time, at most half a minute.",
        "Wait as long as Retry-After says, then try again, or reset the password.", Retryable: true);

    public static readonly ProblemType InputInvalid = new("input_invalid", 422, "The input is not valid",
        "The body or a parameter has problems; `errors` lists every one of them.",
        "Correct each entry of `errors` as its `fix` says.");

    public static readonly ProblemType BadRequest = new("bad_request", 400, "The request is not valid",
        "The route is that of a standard, which answers everything that is wrong with the input so: `errors` lists it.",
        "Correct each entry of `errors` as its `fix` says.");

    public static readonly ProblemType BodyMalformed = new("body_malformed", 400, "The body is not I-JSON",
        "The body is not valid UTF-8 or JSON, repeats a member, is nested too deeply, holds a number that JSON "
        + "programs do not agree on, a lone surrogate or a NUL.",
        "Send UTF-8 JSON by RFC 7493. Integers beyond 2^53 travel as strings.");

    public static readonly ProblemType BodyTooLarge = new("body_too_large", 413, "The body is too large",
        "The body has more bytes than the operation takes.", "Send less; the detail names the bound.");

    public static readonly ProblemType DigestRefused = new("content_digest_refused", 400,
        "The body is not the one that was signed",
        "The body's SHA-256 or SHA-512 is not what the signed Content-Digest says: it was changed on the way, or the "
        + "digest was made of something else.",
        "Make the digest of the body's bytes as they are sent.");

    public static readonly ProblemType ContentTypeRefused = new("content_type_refused", 415, "The body must be JSON",
        "The Content-Type is not application/json.", "Send `Content-Type: application/json`.");

    public static readonly ProblemType MethodRefused = new("method_not_allowed", 405, "This method is not allowed here",
        "The path exists, with other methods.", "Use a method of the Allow header.");

    public static readonly ProblemType VersionConflict = new("version_conflict", 412, "The object has changed",
        "If-Match names a version that is no longer current.",
        "Read the object again, apply the change to what it says now, and send its ETag.");

    public static readonly ProblemType IdempotencyKeyReused = new("idempotency_key_reused", 409,
        "The idempotency key belongs to another request",
        "The same caller used this Idempotency-Key for this operation with another input.",
        "Use a new key for a new request; repeat a request unchanged.");

    public static readonly ProblemType IdempotencyInFlight = new("idempotency_in_flight", 409,
        "The same request is being answered",
        "A request with this Idempotency-Key has not been answered yet.",
        "Wait as long as Retry-After says, then repeat the request.", Retryable: true);

    public static readonly ProblemType SecretAlreadyShown = new("secret_already_shown", 409,
        "This request was done, and its secret was shown once",
        "A repeated request with the same Idempotency-Key would have to show a secret that is not stored.",
        "Nothing was done again. If the first answer was lost, revoke what it made and make another.");

    public static readonly ProblemType AppFrozen = new("app_frozen", 403, "The app is frozen",
        "The app is read-only: writes and sign-ins are refused.", "Ask who answers for the app.");

    public static readonly ProblemType AppRetired = new("app_retired", 403, "The app is retired",
        "The app has been retired; its calls are refused everywhere.", "Ask the platform's owner.");

    public static readonly ProblemType EnvironmentMismatch = new("environment_mismatch", 403,
        "The credential belongs to another environment",
        "The request names an environment that is not the credential's.",
        "Use a key of the environment that is meant, or drop the Castellan-Environment header.");

    public static readonly ProblemType EnvironmentRequired = new("environment_required", 400,
        "Name the environment",
        "An operator's call on an environment's data names none, or a call names one that does not exist. There is no "
        + "default, so that nobody changes the wrong one by leaving something out.",
        "Send `Castellan-Environment: sandbox` or `live`.");

    public static readonly ProblemType StorageFull = new("storage_full", 507, "The disk is full",
        "The change could not be stored and was not made. Nothing acknowledged before is lost.",
        "Free disk space on the server, then repeat the request.", Retryable: true);

    public static readonly ProblemType Unavailable = new("unavailable", 503, "The server cannot answer now",
        "Storage did not answer in time, a limit cannot be counted, too much work waits, or the server is stopping. "
        + "Nothing was changed.",
        "Repeat the request after Retry-After.", Retryable: true);

    public static readonly ProblemType OutcomeUnknown = new("outcome_unknown", 503,
        "Whether it was done is not known",
        "The database went away while the change was being committed. It was made as a whole, or not at all.",
        "Repeat the request with the same Idempotency-Key: if it was done, its first answer comes again. Without a "
        + "key, read first what it would have changed.", Retryable: true);

    public static readonly ProblemType Unknown = new("internal_error", 500, "Something failed on the server",
        "An error that nobody foresaw. Its cause is in the server's log under the request id.",
        "Report the request id to the operator.", Retryable: true);

    /// <summary>
    /// That there is nothing, in the same words for what is absent, foreign and hidden: whoever shows an app's key
    /// alone hears why that may be.
    /// </summary>
    public static Problem NotFoundFor(Caller caller) => NotFound.With(caller switch
    {
        { Kind: CallerKind.App } =>
            "Only the app's key was shown. Without signing in there is what a rule calls public, and nothing else.",
        { Kind: CallerKind.Agent, App: not null } =>
            "To an agent every tenant is absent that has granted it nothing: an admin of the tenant can.",
        _ => null,
    });

    /// <summary>A limit that refuses where nodes cannot share it, while they cannot.</summary>
    public static Problem Uncounted { get; } = Unavailable.With("A limit of this call cannot be counted now.") with
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static IReadOnlyList<ProblemType> All { get; } =
    [
        CredentialRequired, CredentialInvalid, OriginRefused, PermissionDenied, NotFound, TenantRequired, RateLimited,
        SignInDelayed, InputInvalid, BodyMalformed, BodyTooLarge, DigestRefused, ContentTypeRefused, MethodRefused,
        VersionConflict,
        IdempotencyKeyReused, IdempotencyInFlight, SecretAlreadyShown, AppFrozen, AppRetired, EnvironmentMismatch,
        EnvironmentRequired, BadRequest,
        StorageFull, Unavailable, OutcomeUnknown, Unknown,
    ];
}
