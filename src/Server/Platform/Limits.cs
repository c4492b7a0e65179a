namespace Castellan.Platform;

/// <summary>
/// The bound of every loop over outside input. A bound that an operator may move is an option instead.
/// </summary>
internal static class Limits
{
    /// <summary>Bytes of a JSON body, unless an operation declares its own bound.</summary>
    public const int BodyBytes = 64 * 1024;

    /// <summary>Nested arrays and objects in a body: deeper input serves no operation and costs stack.</summary>
    public const int JsonDepth = 32;

    /// <summary>Problems reported for one body; more would not help who reads them.</summary>
    public const int ProblemsPerBody = 50;

    public const int PageDefault = 50;
    public const int PageMax = 200;

    /// <summary>Characters of an Idempotency-Key header.</summary>
    public const int IdempotencyKeyLength = 255;

    /// <summary>Characters of a credential header: a JWT of ours is below 1,000.</summary>
    public const int CredentialLength = 4096;

    /// <summary>What a heavy call counts for in a rate limit: a bulk load does the work of some tens.</summary>
    public const int HeavyWeight = 10;

    /// <summary>Changes in one SQLite commit. Larger batches gain nothing and lengthen the tail.</summary>
    public const int ChangesPerCommit = 128;

    /// <summary>
    /// Milliseconds of members that one SQLite commit takes in. Longer batches save little of a commit, which takes one
    /// or two, and who comes meanwhile waits for them.
    /// </summary>
    public const int CommitTimeMs = 10;

    /// <summary>
    /// Changes that may wait for the engine before new ones, of those who brought the most, are refused as overload.
    /// </summary>
    public const int ChangesQueued = 4096;

    /// <summary>
    /// Milliseconds of the engine that an urgent lane may take more than others and still go first: some hundred small
    /// changes, as many as a person or a script in a hurry makes.
    /// </summary>
    public const int UrgentLeadMs = 100;

    /// <summary>Lanes that the queue knows before it forgets those in which nothing waits.</summary>
    public const int LanesKnown = 1_024;

    /// <summary>Milliseconds that the database work of one Change may take before it is rolled back.</summary>
    public const int ChangeTimeMs = 5_000;

    /// <summary>How often a Change is run again after a serialization failure or deadlock.</summary>
    public const int ChangeAttempts = 8;

    /// <summary>Pages of SQLite's write-ahead log, of 4 KiB, from which on they are copied into the file.</summary>
    public const int SqliteLogPages = 1_000;

    /// <summary>Pages of the log at which the writer waits for the copying: 64 MiB.</summary>
    public const int SqliteLogPagesMax = 16_384;

    /// <summary>Read connections of SQLite; reads are short and synchronous.</summary>
    public const int SqliteReaders = 16;

    /// <summary>
    /// Bytes of the SQLite file that readers map into memory, if it has so many: of the address space, not of memory.
    /// </summary>
    public const long SqliteMappedBytes = 1L << 30;

    /// <summary>Prepared statements kept on a SQLite connection.</summary>
    public const int StatementsKept = 512;

    /// <summary>Audit entries that one run of the sequencer on SQLite sorts: some megabytes of memory.</summary>
    public const int NotedPerRun = 5_000;

    /// <summary>Rows that it writes in one transaction: about a millisecond of the one writer.</summary>
    public const int NotedPerChange = 256;

    /// <summary>
    /// Notices of other nodes that are heard one by one; where more come at once, everything is forgotten.
    /// </summary>
    public const int NoticesAtOnce = 5_000;

    /// <summary>Rows numbered by one run of the PostgreSQL sequencer.</summary>
    public const int SequencedPerRun = 5_000;

    /// <summary>The largest integer that every JSON program reads alike (RFC 7493 section 2.2): 2^53 - 1.</summary>
    public const long IntegerMax = 9_007_199_254_740_991;

    /// <summary>Records whose property is brought to another type within one Change: about a second's work.</summary>
    public const int ConvertedAtOnce = 10_000;

    /// <summary>Records of a table that an index is built on within one Change: about half a second.</summary>
    public const int IndexedAtOnce = 50_000;

    /// <summary>Command lines that wait for an operator at once: strangers may ask, and each is a row.</summary>
    public const int DevicesWaiting = 1_000;

    /// <summary>Bytes of a contract document with all its schemas.</summary>
    public const int ContractBytes = 512 * 1024;

    /// <summary>Records of one bulk call.</summary>
    public const int RecordsPerBulk = 1_000;

    /// <summary>
    /// Records that a bulk call which is not atomic writes in one Change: a few milliseconds of the writer of SQLite,
    /// which others wait for.
    /// </summary>
    public const int RecordsPerBulkPart = 50;

    /// <summary>Bytes of a bulk call's body: 8 KiB for each of its records.</summary>
    public const int BulkBytes = 8 * 1024 * 1024;

    /// <summary>Bytes of one record's JSON.</summary>
    public const int RecordBytes = 256 * 1024;

    /// <summary>Records that one delete takes with it, along references that cascade.</summary>
    public const int RecordsPerCascade = 1_000;
}
