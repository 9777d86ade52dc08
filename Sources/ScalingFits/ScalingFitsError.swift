/// A request that no group can be fitted with.
package enum ScalingFitsError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String, known: [String])
    case invalidResamples(Int)
    case invalidConfidence(Double)
    case invalidWindow
    case unknownSummary(String)
    case unknownResponse(String, known: [String])
    /// `option` is the command's, without dashes.
    case unknownDimension(String, option: String, known: [String])
    case unknownValue(String, of: String, known: [String])
    case sameValue(String, of: String)
    case axisOfNames(String)
    case groupedByAbscissa(String, against: String)
    case noTrials
    case noRegressors([String])
    case excessOfProduct
    case noOrigin(String, smallest: Double)

    package var description: String {
        switch self {
        case .unknownModel(let name, let known):
            "there is no fit model '\(name)'; choose one of \(known.joined(separator: ", "))"
        case .invalidResamples(let count):
            "\(count) bootstrap resamples cannot carry an interval; give 100 to 1000000, or 0 for no interval"
        case .invalidConfidence(let value):
            "confidence \(value) is not a probability; give a number between 0 and 1, as 0.95"
        case .invalidWindow:
            "the fit window needs two finite ends, as 0.01 and 1"
        case .unknownSummary(let text):
            "there is no summary '\(text)' of a cell's trials; choose mean, median, trimmed-mean, trimmed-mean:SHARE "
                + "(below 0.5), quantile:P (in (0, 1)) or within:RADIUS (positive)"
        case .unknownResponse(let name, let known):
            "this result has no response '\(name)'; it has \(known.joined(separator: ", ")) (other statistics must stand "
                + "in the sweep file under record before it is run)"
        case .unknownDimension(let name, let option, let known):
            "--\(option) '\(name)' is no dimension of this result; it has \(known.joined(separator: ", "))"
        case .unknownValue(let text, let dimension, let known):
            "\(dimension) has no value '\(text)'; it has \(known.joined(separator: ", "))"
        case .sameValue(let text, let dimension):
            "'\(text)' is held against itself; name two values of \(dimension)"
        case .axisOfNames(let name):
            "--against '\(name)' runs over names, and a scaling law needs numbers; put it under --by"
        case .groupedByAbscissa(let name, let against):
            "--by '\(name)' leaves one value of \(against) in each group; leave it out of --by or fit against "
                + "something else"
        case .noRegressors(let dimensions):
            "no numeric dimension has several positive values (\(dimensions.joined(separator: ", "))); sweep one, or name "
                + "regressors"
        case .excessOfProduct:
            "an excess may be negative and has no logarithm; fit the product law to distance_squared, or the excess "
                + "against one axis"
        case .noOrigin(let name, let smallest):
            "an excess is over the cell at \(name) = 0, and the smallest \(name) of this result is \(Figures.shortest(smallest)); add 0 "
                + "to the axis \(name) and run the sweep again (what is done is kept), or take the response itself"
        case .noTrials:
            "this result has no trials; run the sweep with trials of at least 1"
        }
    }
}
