namespace Castellan.Tests.Tidy;

/// <summary>Who may use whom. ARCHITECTURE.md tells it to people; this is the same for the tests.</summary>
internal static class ImportTable
{
    /// <summary>The folders of src/Server from the top down. A folder may use every folder of a lower row.</summary>
    public static readonly string[][] Rows =
    [
        ["Gateway", "Functions", "Mcp", "AdminUi", "Compat"],
        ["Contracts", "Records", "Objects", "Realtime", "Webhooks", "Usage", "Budgets", "Billing", "Approvals"],
        [
            "Installation", "Operators", "Apps", "Identity", "Tenants", "Access", "Keys", "Agents", "Audit", "Jobs",
            "Mail",
        ],
        ["Kernel"],
        ["Platform"],
    ];

    /// <summary>
    /// Uses inside a row. Each is also a row of a table in ARCHITECTURE.md that begins with both names in backticks and
    /// gives the reason: | `Identity` | `Tenants` | why |
    /// </summary>
    public static readonly (string From, string To)[] InsideRow =
    [
        ("Apps", "Installation"), ("Apps", "Keys"), ("Keys", "Installation"), ("Keys", "Operators"),
        ("Operators", "Installation"), ("Operators", "Mail"), ("Mail", "Installation"),
        ("Identity", "Installation"), ("Identity", "Apps"), ("Identity", "Keys"), ("Identity", "Mail"),
        ("Tenants", "Apps"), ("Tenants", "Identity"), ("Tenants", "Mail"),
        ("Agents", "Identity"), ("Agents", "Apps"), ("Agents", "Keys"), ("Agents", "Installation"),
        ("Access", "Tenants"),
        ("Records", "Contracts"),
    ];

    /// <summary>The projects and the projects that each may reference.</summary>
    public static readonly Dictionary<string, string[]> Projects = new()
    {
        ["src/Server"] = ["src/TransparencyLog"],
        ["src/TransparencyLog"] = [],
        ["src/Client"] = [],
        ["src/Cli"] = ["src/Client", "src/TransparencyLog"],
        ["tests/Server.Tests"] = ["src/Server", "src/TransparencyLog", "src/Client", "src/Cli"],
        ["tests/EndToEnd.Tests"] = ["src/Client"],
        ["bench"] = ["src/Server"],
    };

    /// <summary>The row of a folder, counted from the top, or -1 where the table does not know it.</summary>
    public static int RowOf(string folder) => Array.FindIndex(Rows, row => row.Contains(folder));

    /// <summary>The slices: every folder that owns a noun, which Kernel and Platform do not.</summary>
    public static bool IsSlice(string folder) => RowOf(folder) is >= 0 and < 3;

    public static bool Allows(string from, string to) =>
        from == to || RowOf(from) < RowOf(to) || InsideRow.Contains((from, to));
}
