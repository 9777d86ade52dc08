import TrialContract
import Wording

extension LayoutChecks {
    /// Recorded steps must be reached by some cell, and a cell's trajectories must fit into memory.
    func checkCurves() {
        guard let curve = layout.spec.curve, let last = curve.steps.last else { return }
        checkReached(last)
        let bytes = curve.gatheredBytes(trials: layout.spec.trials)
        guard bytes > Double(PlannedCurve.mostBytesPerCell) else { return }
        diagnostics.report(
            layout.spec.curvePlace, "curves",
            "take \(Self.megabytes(bytes)) of memory for a cell, whose trials are held until the last has ended; "
                + "\(Self.megabytes(Double(PlannedCurve.mostBytesPerCell))) are the most",
            value: "\(counted(layout.spec.trials, "trial")) at \(counted(curve.steps.count, "step"))",
            remedy: "record fewer steps or quantities, or run fewer trials per cell")
    }

    private func checkReached(_ last: Int) {
        guard fault(["steps"], { $0[0] >= Double(last) }) == nil else { return }
        var longest = 0.0
        _ = fault(["steps"]) { values in
            longest = max(longest, values[0])
            return false
        }
        diagnostics.report(
            layout.spec.curvePlace, "curves.at", "must not be beyond the last step, \(brief(longest))", value: "\(last)",
            remedy: "record steps from 0 to \(brief(longest))")
    }

    private static func megabytes(_ bytes: Double) -> String {
        bytes >= 1e9 ? "\((bytes / 1e8).rounded() / 10) GB" : "\(Int((bytes / 1e6).rounded())) MB"
    }
}
