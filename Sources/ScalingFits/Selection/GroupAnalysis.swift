/// Where the window of a fit comes from.
package enum WindowOrigin: String, Sendable, Equatable {
    /// All points.
    case all
    /// Set by the user.
    case set
    /// The longest part of the group that a model describes.
    case found
}

/// All models on one window of a group, and the one that is reported.
struct GroupAnalysis {
    /// All points that were to be fitted.
    let whole: GroupData
    let wholeSample: WeightedSample
    let comparison: ModelComparison
    /// `nil` where no law describes the points.
    let chosen: Candidate?
    let origin: WindowOrigin
    /// Other windows on which the same law holds as well.
    let neighbours: [WindowSearch.Window]
    var hasTooFewTrials = false

    /// Those of the window.
    var data: GroupData { comparison.data }
}
