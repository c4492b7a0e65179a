namespace Castellan.Platform;

/// <summary>
/// Marks options that are read from a section of the configuration; their properties are its settings.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SettingsAttribute(string section) : Attribute
{
    /// <summary>The section's name; empty for settings that stand in none.</summary>
    public string Section { get; } = section;
}
