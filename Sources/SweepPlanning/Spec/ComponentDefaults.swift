import TrialContract

extension ComponentKind {
    /// The member that a sweep file means where it names none of this kind; `nil` where it has to name one.
    ///
    /// A default takes no part in the keys of random streams: to change one changes trials.
    var defaultMember: String? {
        switch self {
        case .noiseModel: "gaussian"
        case .learningRateSchedule, .rhoSchedule: "constant"
        default: nil
        }
    }
}
