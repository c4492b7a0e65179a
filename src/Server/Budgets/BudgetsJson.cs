using System.Text.Json.Serialization;
using Castellan.Budgets.Alerts;
using Castellan.Budgets.Reservations;
using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(Budget))]
[JsonSerializable(typeof(ListOf<Budget>))]
[JsonSerializable(typeof(BudgetAlert))]
[JsonSerializable(typeof(Reservation))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class BudgetsJson : JsonSerializerContext
{
    public static BudgetsJson Wire { get; } = new(Kernel.Wire.Options);
}
