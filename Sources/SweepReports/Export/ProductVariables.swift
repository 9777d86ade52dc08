import ScalingFits

/// Laws over several regressors as labelled arrays.
struct ProductVariables {
    let products: [ProductOutcome]
    let laws: [ProductLaw?]

    init(_ products: [ProductOutcome]) {
        self.products = products
        laws = products.map { product in
            if case .law(let law) = product { law } else { nil }
        }
    }

    var all: [FitDataset.Variable] {
        let regressors = laws.compactMap(\.self).first?.regressors.map(\.name) ?? []
        return regressors.indices.flatMap { exponent(regressors[$0], $0) } + [
            number("prefactor", "prefactor of the law") { $0.prefactor },
            number("prefactor_lower", "lower end of the interval of prefactor") { $0.prefactorInterval?.lower },
            number("prefactor_upper", "upper end of the interval of prefactor") { $0.prefactorInterval?.upper },
            number("deviation", "root mean square of ln(measured/law)") { $0.deviation },
            number("explained_deviation", "the part of deviation that the trials' scatter explains") {
                $0.explainedDeviation
            },
            integers("cells", "cells that took part") { $0.cells },
            integers("trials_used", "trials that took part") { $0.trials },
            integers("diverged", "diverged trials") { $0.diverged },
            integers("missing", "trials not computed") { $0.missing },
            warnings,
        ]
    }

    private func exponent(_ name: String, _ index: Int) -> [FitDataset.Variable] {
        [
            number("exponent_\(name)", "exponent of \(name)") { $0.regressors[index].exponent },
            number("exponent_\(name)_lower", "lower end of the interval of the exponent of \(name)") {
                $0.regressors[index].interval?.lower
            },
            number("exponent_\(name)_upper", "upper end of the interval of the exponent of \(name)") {
                $0.regressors[index].interval?.upper
            },
            number("exponent_\(name)_standard_error", "standard error of the exponent of \(name)") {
                $0.regressors[index].standardError
            },
        ]
    }

    private func number(_ name: String, _ longName: String, _ value: (ProductLaw) -> Double?) -> FitDataset.Variable {
        FitDataset.Variable(
            name: name, longName: longName, values: .numbers(laws.map { $0.flatMap(value) ?? .nan }))
    }

    private func integers(_ name: String, _ longName: String, _ value: (ProductLaw) -> Int) -> FitDataset.Variable {
        FitDataset.Variable(
            name: name, longName: longName, values: .integers(laws.map { Int64($0.map(value) ?? 0) }))
    }

    private var warnings: FitDataset.Variable {
        FitDataset.Variable(
            name: "warnings", longName: "what a reader must know",
            values: .names(products.map { product in
                switch product {
                case .law(let law): law.warnings.joined(separator: "; ")
                case .unfit(let group): group.reason
                }
            }))
    }
}
