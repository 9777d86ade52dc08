import TrialContract

/// Names that no zip may have, since they mean something else in a result file or a sweep file.
enum ReservedNames {
    /// What results call their own variables.
    private static let ofResults: Set<String> = [
        "method", "method_used", "noise_scale", "noise_precision", "common_random_numbers", "minimum", "minimiser",
        "minimiser_relative_gradient_norm", "smoothness", "strong_convexity", "examples", "data_sha256",
        GradientCount.name, GradientCount.soFarName, "diverged_above", "trials_per_block",
    ]

    /// Dimensions and variables of every result, and words of the sweep file.
    private static let ofSweeps: Set<String> = [
        "trial", "trials", "coordinate", "step", "quantile", "status", "steps_taken", "sweep", "samsweep", "start", "smoothness",
        "strong_convexity", "condition_number",
    ]

    static let all = ofResults.union(ofSweeps)

    /// Fields that sweep files have learnt since the first zips were named so; they mean nothing in results and expressions.
    static let stillFree: Set<String> = ["budget", "use", "used", "keep"]
}
