using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Who is staff, by address: contributed by the slice that knows operators, for slices that may not know it.
/// </summary>
internal interface IStaff
{
    ValueTask<bool> Has(string email, IReads reads);
}
