import ScalingFits
import TrialContract

/// The fits of a result as labelled arrays over the dimensions that tell groups apart: what a file for xarray holds.
package struct FitDataset: Sendable {
    package enum Values: Sendable, Equatable {
        /// NaN where there is nothing.
        case numbers([Double])
        case integers([Int64])
        /// Empty where there is nothing.
        case names([String])
    }

    package struct Variable: Sendable, Equatable {
        package var name: String
        package var longName: String
        /// Row-major over the dataset's dimensions, and the abscissa where it runs along it.
        package var values: Values
        package var isCurve = false
    }

    /// Those of the groups, in the sweep's order and with its coordinates.
    package var dimensions: [GridDimension]
    package var variables: [Variable]
    /// Along which means, laws, bands and residuals are given; `nil` where it is no dimension of its own.
    package var abscissa: GridDimension?
    /// What was fitted: `response`, `against`, `confidence`.
    package var attributes: [(name: String, value: String)]

    /// - Parameters:
    ///   - dimensions: `FitSession.groupDimensions`.
    ///   - outcomes: one per group, row-major over them.
    ///   - abscissa: what was fitted against, where it is a dimension of numbers.
    package init(dimensions: [GridDimension], outcomes: [FitOutcome], abscissa: GridDimension? = nil) {
        precondition(dimensions.reduce(1) { $0 * $1.count } == outcomes.count)
        self.dimensions = dimensions
        let fits = outcomes.map { outcome -> ScalingFit? in
            if case .fit(let fit) = outcome { fit } else { nil }
        }
        variables = Self.laws(fits) + Self.tests(fits) + Self.counts(fits, outcomes) + Self.texts(fits, outcomes)
        if let abscissa, let numbers = Self.numbers(abscissa), Self.isOnePointPerPlace(outcomes) {
            self.abscissa = abscissa
            variables += Self.curves(outcomes, numbers)
        }
        attributes = []
        if let fit = fits.compactMap(\.self).first {
            attributes = [("response", fit.response), ("against", fit.against)]
            attributes.append(("confidence", Figures.shortest(fit.confidence)))
        } else if case .unfit(let group)? = outcomes.first {
            attributes = [("response", group.response), ("against", group.against)]
        }
    }

    /// - Parameters:
    ///   - dimensions: `ProductSession.groupDimensions`.
    ///   - products: one per group, row-major over them.
    package init(dimensions: [GridDimension], products: [ProductOutcome]) {
        precondition(dimensions.reduce(1) { $0 * $1.count } == products.count)
        self.dimensions = dimensions
        variables = ProductVariables(products).all
        let laws = ProductVariables(products).laws.compactMap(\.self)
        attributes = laws.first.map { law in
            [
                ("response", law.response), ("against", law.regressors.map(\.name).joined(separator: " ")),
                ("confidence", Figures.shortest(law.confidence)),
            ]
        } ?? []
    }

    private static func number(
        _ name: String, _ longName: String, _ fits: [ScalingFit?], _ value: (ScalingFit) -> Double?
    ) -> Variable {
        Variable(name: name, longName: longName, values: .numbers(fits.map { $0.flatMap(value) ?? .nan }))
    }

    /// Ascending or not, but each once.
    private static func numbers(_ dimension: GridDimension) -> [Double]? {
        let numbers = dimension.values.groupValues.compactMap { if case .number(let number) = $0 { number } else { nil } }
        return numbers.count == dimension.count && dimension.kind == .values && Set(numbers).count == numbers.count ? numbers : nil
    }

    /// Where groups run over other dimensions too, several cells stand at one place.
    private static func isOnePointPerPlace(_ outcomes: [FitOutcome]) -> Bool {
        outcomes.allSatisfy { Set($0.curve.map(\.x)).count == $0.curve.count }
    }

    private static func curves(_ outcomes: [FitOutcome], _ places: [Double]) -> [Variable] {
        func variable(_ name: String, _ longName: String, _ value: (FittedPoint) -> Double?) -> Variable {
            let values = outcomes.flatMap { outcome in
                places.map { place in outcome.curve.first { $0.x == place }.flatMap(value) ?? .nan }
            }
            return Variable(name: name, longName: longName, values: .numbers(values), isCurve: true)
        }
        return [
            variable("measured", "mean of the cell", \.mean),
            variable("measured_standard_error", "standard error of the mean", \.standardError),
            variable("measured_lower", "lower end of the mean's interval") { $0.interval?.lower },
            variable("measured_upper", "upper end of the mean's interval") { $0.interval?.upper },
            variable("fitted", "value of the law", \.fitted),
            variable("fitted_lower", "lower end of the law's band") { $0.band?.lower },
            variable("fitted_upper", "upper end of the law's band") { $0.band?.upper },
            variable("residual", "(measured - fitted) / standard error", \.residual),
        ]
    }

    private static func laws(_ fits: [ScalingFit?]) -> [Variable] {
        var names: [String] = []
        for fit in fits.compactMap(\.self) {
            for parameter in fit.parameters where !names.contains(parameter.name) { names.append(parameter.name) }
        }
        let ordered = ["exponent", "prefactor", "floor"] + names.filter { !["exponent", "prefactor", "floor"].contains($0) }
        return ordered.flatMap { name in
            func own(_ fit: ScalingFit) -> FittedParameter? { fit.parameters.first { $0.name == name } }
            return [
                number(name, "\(name) of the law", fits) { own($0)?.value ?? (name == "exponent" ? $0.exponent : nil) },
                number("\(name)_lower", "lower end of the interval of \(name)", fits) { own($0)?.interval?.lower },
                number("\(name)_upper", "upper end of the interval of \(name)", fits) { own($0)?.interval?.upper },
                number("\(name)_standard_error", "standard error of \(name)", fits) { own($0)?.standardError },
            ]
        }
    }

    private static func tests(_ fits: [ScalingFit?]) -> [Variable] {
        let models = ModelCatalogue.descriptions.map(\.name)
        return [
            number("window_lower", "smallest abscissa that took part", fits) { $0.window.lower },
            number("window_upper", "largest abscissa that took part", fits) { $0.window.upper },
            number("reduced_chi_squared", "mean square of the studentised residuals", fits) { $0.reducedChiSquared },
            number("fit_probability", "probability of such residuals if the model holds", fits) { $0.fitProbability },
            number("least_local_exponent", "least local exponent", fits) { $0.localRange?.least.slope },
            number("largest_local_exponent", "largest local exponent", fits) { $0.localRange?.largest.slope },
            number("exponent_2_probability", "two-sided probability that the exponent is 2", fits) {
                $0.exponentTest?.probability
            },
            number("exponent_2_probability_holm", "the same, corrected for all groups", fits) {
                $0.exponentTest?.adjusted
            },
        ] + models.map { model in
            number("weight_\(model)", "Akaike weight of \(model)", fits) { fit in
                fit.candidates.first { $0.model == model }?.weight
            }
        }
    }

    private static func counts(_ fits: [ScalingFit?], _ outcomes: [FitOutcome]) -> [Variable] {
        func integers(_ name: String, _ longName: String, _ values: [Int]) -> Variable {
            Variable(name: name, longName: longName, values: .integers(values.map(Int64.init)))
        }
        return [
            integers("points", "cells that took part", fits.map { $0?.points ?? 0 }),
            integers("trials_used", "trials that took part", fits.map { $0?.trials ?? 0 }),
            integers("diverged", "diverged trials", outcomes.map { outcome in
                switch outcome {
                case .fit(let fit): fit.diverged
                case .unfit(let group): group.diverged
                }
            }),
            integers("missing", "trials not computed", outcomes.map { outcome in
                switch outcome {
                case .fit(let fit): fit.missing
                case .unfit(let group): group.missing
                }
            }),
        ]
    }

    private static func texts(_ fits: [ScalingFit?], _ outcomes: [FitOutcome]) -> [Variable] {
        [
            Variable(name: "model", longName: "chosen model", values: .names(fits.map { $0?.model ?? "" })),
            Variable(
                name: "outcome", longName: "law, constant or no-law",
                values: .names(fits.map { $0?.outcome.rawValue ?? "" })),
            Variable(
                name: "undecided", longName: "models that the data do not rule out",
                values: .names(fits.map { $0?.undecided.joined(separator: " ") ?? "" })),
            Variable(
                name: "warnings", longName: "what a reader must know",
                values: .names(outcomes.map { outcome in
                    switch outcome {
                    case .fit(let fit): fit.warnings.joined(separator: "; ")
                    case .unfit(let group): group.reason
                    }
                })),
        ]
    }
}
