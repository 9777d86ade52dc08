import Foundation
import ScalingFits
import Testing

@testable import SweepReports

@Suite struct FormatTests {
    let style = ReportStyle(width: 100, unicode: true)

    private func document() throws -> FitDocument {
        let outcomes = try SampleColumns.outcomes()
        let powers = try SampleColumns.outcomes(FitOptions(model: "power+floor", bootstrapResamples: 200))
        var document = FitDocument(
            outcomes: outcomes, pooled: ExponentPooling.pool(powers, by: []),
            regimes: RegimeMap.maps(outcomes, axis: "noise"), showsCells: true)
        document.showsDetails = true
        return document
    }

    private func render(_ format: String, _ style: ReportStyle? = nil) throws -> String {
        try #require(ReportCatalogue.find(format)).render(try document(), style: style ?? self.style)
    }

    @Test func jsonHasThePromisedKeysInOrder() throws {
        let text = try render("json")
        let list = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(list.count == 4)
        let promised = [
            "by", "response", "against", "model", "exponent", "exponent_interval", "confidence", "prefactor", "floor",
            "floor_interval", "candidates", "window", "points", "trials", "diverged", "reduced_chi_squared", "warnings",
            "outcome",
        ]
        for group in list { #expect(Set(group.keys).isSuperset(of: promised)) }
        let places = promised.compactMap { text.range(of: "\"\($0)\":")?.lowerBound }
        #expect(places.count == promised.count && places == places.sorted())
    }

    @Test func jsonTellsWhatWasFitted() throws {
        let text = try render("json")
        let list = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let first = list[0]
        #expect(first["by"] as? [String: Any] != nil && first["model"] as? String == "power")
        #expect(abs(try #require(first["exponent"] as? Double) - 2) < 1e-9)
        #expect(abs(try #require(first["prefactor"] as? Double) - 0.25) < 1e-9)
        #expect(first["exponent_interval"] is NSNull && first["floor"] is NSNull && first["reduced_chi_squared"] is NSNull)
        #expect(list[3]["diverged"] as? Int == 1 && list[3]["missing"] as? Int == 1)
        let cells = try #require(list[3]["cells"] as? [[String: Any]])
        #expect(cells.count == 6 && cells[5]["finished"] as? Int == 46)
        #expect((list[2]["cells"] as? [[String: Any]])?.count == 5, "the excluded cell is not there")
        #expect(list[1]["pooled"] != nil)
        let locals = try #require(first["local_exponents"] as? [[String: Any]])
        #expect(locals.allSatisfy { $0["regime"] as? String == "quadratic" })
    }

    @Test func unfitGroupsAreTold() throws {
        var columns = SampleColumns()
        columns.setValues(.numbers([0, 0.01]), along: 2)
        columns.setValues(.names(["m-sam"]), along: 0)
        let outcomes = try FitSession(columns, request: FitRequest()).outcomes()
        for format in ReportCatalogue.all {
            let text = format.render(outcomes, style: style)
            #expect(text.contains("needs at least 3 values of rho"), "\(format.name)")
        }
        let json = ReportCatalogue.find("json")!.render(outcomes, style: style)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(list[0]["model"] is NSNull && list[0]["exponent"] is NSNull)
    }

    /// What could not be fitted was measured all the same, and programs that guess types see numbers and nothing else.
    @Test func unfitGroupsKeepTheirPoints() throws {
        var columns = SampleColumns()
        columns.setValues(.numbers([0, 0.01]), along: 2)
        columns.setValues(.names(["m-sam"]), along: 0)
        let outcomes = try FitSession(columns, request: FitRequest(options: FitOptions(model: "power"))).outcomes()
        let json = ReportCatalogue.find("json")!.render(outcomes, style: style)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        let own = try #require(list[1]["cells"] as? [[String: Any]])
        #expect(own.map { $0["at"] as? Double } == [0, 0.01] && own.allSatisfy { $0["finished"] as? Int == 48 && $0["fitted"] is NSNull })
        // Cells 2 and 3 of the sample: noise 0.5, the mean of (0.0025 + rho^2 / 4) (1 + (k - 23.5) / 48)^2 over k = 0 ... 47.
        let spread = (0..<48).reduce(0.0) { $0 + pow(1 + 0.5 * (Double($1) - 23.5) / 24, 2) } / 48
        for (cell, rho) in zip(own, [0, 0.01]) {
            #expect(abs(try #require(cell["measured"] as? Double) / ((0.0025 + rho * rho / 4) * spread) - 1) < 1e-12)
            #expect((cell["interval"] as? [Double])?.count == 2)
        }
        var document = FitDocument(outcomes: outcomes)
        document.showsCells = true
        let sections = ReportCatalogue.find("csv")!.render(document, style: style).components(separatedBy: "\n\n")
            .map { $0.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } }
        let texts: Set = ["optimizer", "response", "against", "model", "window_origin", "undecided", "outcome", "warnings"]
        for section in sections {
            for row in section.dropFirst() {
                for (name, field) in zip(section[0], row) where !texts.contains(name) {
                    #expect(Double(field) != nil, "\(name) is '\(field)'")
                }
            }
        }
        #expect(sections[1].count == 5 && sections[1][0].suffix(3) == ["finished", "diverged", "missing"])
    }

    @Test(arguments: [60, 80, 100, 240]) func textKeepsItsWidth(width: Int) throws {
        let text = try render("text", ReportStyle(width: width, unicode: false))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        #expect(text.allSatisfy { $0.isASCII })
        #expect(text.contains("Akaike weights") && text.contains("pooled over groups") && text.contains("Regimes of"))
    }

    @Test func textShowsExponentsWithIntervals() throws {
        let text = try render("text")
        #expect(text.contains("Scaling of distance_squared with rho"))
        #expect(text.contains("2.0000") || text.contains(" 2 "), "the deterministic exponent")
        #expect(text.contains("±"))
        #expect(text.contains("1 diverged (1 of 48 at rho = 1)"))
    }

    @Test func csvReadsBackToTheLastBit() throws {
        let outcomes = try SampleColumns.outcomes()
        let text = ReportCatalogue.find("csv")!.render(outcomes, style: style)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        let header = lines[0].split(separator: ",").map(String.init)
        let place = try #require(header.firstIndex(of: "exponent"))
        let row = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard case .fit(let fit) = outcomes[1] else { throw ScalingFitsError.noTrials }
        #expect(Double(row[place]) == fit.exponent)
        #expect(Double(row[place + 1]) == fit.exponentInterval?.lower)
        #expect(lines[3].contains("\"plain, \"\"quoted\"\"\""))
        #expect(header.contains("weight_power+floor") && header.last == "warnings")
    }

    @Test func csvSectionsHaveTheirOwnHeaders() throws {
        let sections = try render("csv").components(separatedBy: "\n\n")
        #expect(sections.count == 4)
        for section in sections {
            let lines = section.split(separator: "\n")
            let quoted = lines.filter { $0.contains("\"") }.count
            let widths = Set(lines.filter { !$0.contains("\"") }.map { $0.filter { $0 == "," }.count })
            #expect(widths.count == 1 || quoted == lines.count - 1)
        }
    }

    /// Every warning of every group stands in every format, and what is no law has no numbers in any.
    @Test func noLawHasNoNumbersAndEveryFormatSaysWhy() throws {
        var columns = SampleColumns()
        columns.bends = true
        let outcomes = try FitSession(columns, request: FitRequest(options: FitOptions(bootstrapResamples: 200))).outcomes()
        guard case .fit(let fit) = outcomes[1] else { throw ScalingFitsError.noTrials }
        #expect(fit.outcome == .noLaw && fit.exponent == nil && fit.floor == nil && fit.prefactor == nil)
        for format in ReportCatalogue.all {
            let text = format.render(outcomes, style: style)
            #expect(text.contains("no law") || text.contains("no-law"), "\(format.name)")
            #expect(text.split(separator: "\n").contains { !$0.hasPrefix("%") && $0.contains("no model describes") }, "\(format.name)")
        }
        let json = ReportCatalogue.find("json")!.render(outcomes, style: style)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(list[1]["outcome"] as? String == "no-law")
        for key in ["model", "exponent", "exponent_interval", "prefactor", "floor", "floor_interval"] {
            #expect(list[1][key] is NSNull, "\(key)")
        }
        let locals = try #require(list[1]["local_exponents"] as? [[String: Any]])
        #expect(!locals.isEmpty && locals.allSatisfy { $0["interval"] is [Double] })
        let cells = try #require(list[1]["cells"] as? [[String: Any]])
        #expect(cells.allSatisfy { $0["fitted"] is NSNull && $0["measured"] is Double && $0["standard_error"] is Double })
    }

    @Test func latexIsATabularWithEscapes() throws {
        let text = try render("latex")
        #expect(text.contains("\\toprule") && text.contains("\\midrule") && text.contains("\\bottomrule"))
        #expect(text.contains("$\\pm$") && text.contains("$\\chi^2_\\nu$"))
        let body = text.split(separator: "\n").filter { $0.hasSuffix("\\\\") }
        #expect(!body.isEmpty && body.allSatisfy { line in
            !line.replacingOccurrences(of: "\\_", with: "").replacingOccurrences(of: "^2_", with: "").contains("_")
        })
        let first = try #require(text.range(of: "begin{tabular}{"))
        let columns = text[first.upperBound...].prefix { $0 != "}" }.count
        #expect(body[0].filter { $0 == "&" }.count == columns - 1)
    }

    @Test(arguments: ["text", "markdown", "latex", "html"]) func tablesHaveTheColumnsAskedFor(format: String) throws {
        var document = FitDocument(outcomes: try SampleColumns.outcomes())
        document.showsDetails = true
        document.columns = ["noise", "diverged", "#", "exponent"]
        let table = try #require(document.tables(TableSigns()).first)
        #expect(table.headers == ["noise", "diverged", "#", "exponent"] && table.keys == 1)
        #expect(table.rows.map { Array($0.prefix(3)) } == [["0", "0", "1"], ["0.5", "0", "2"], ["0", "0", "3"], ["0.5", "1", "4"]])
        // Remarks have no letters to be found by, and name rows.
        #expect(table.noteLines.allSatisfy { $0.hasPrefix("[") }, "\(table.noteLines)")
        let text = try #require(ReportCatalogue.find(format)).render(document, style: style)
        #expect(text.contains("diverged") && !text.contains("prefactor"))
        let usual = try #require(FitDocument(outcomes: document.outcomes).tables(TableSigns(), details: false).first)
        document.columns = ["see", "model"]
        let other = try #require(document.tables(TableSigns()).first)
        #expect(other.rows.map { $0[0] } == usual.rows.map { $0[usual.headers.firstIndex(of: "see")!] })
        #expect(other.noteLines == usual.noteLines)
        #expect(document.knownColumns.contains("missing") && !document.knownColumns.contains("rho"))
    }

    @Test func markdownTablesAreRectangular() throws {
        let text = try render("markdown")
        let tables = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(tables.contains { $0.hasPrefix("|---|") })
        #expect(text.contains("What a reader must know of each group") && text.contains("\n* ") && text.contains("distance\\_squared"))
    }

    @Test func htmlIsBalancedAndEscaped() throws {
        let text = try render("html")
        #expect(text.contains("plain, &quot;quoted&quot;") && !text.contains("\"quoted\""))
        for tag in ["html", "body", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li"] {
            let opened = text.components(separatedBy: "<\(tag)>").count + text.components(separatedBy: "<\(tag) ").count - 2
            #expect(opened > 0 && opened == text.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
    }

    @Test func noGroupsAreAReportAsWell() {
        for format in ReportCatalogue.all {
            #expect(format.render([FitOutcome](), style: style).hasSuffix("\n"), "\(format.name)")
        }
    }

    @Test func theoryStandsInEveryFormat() throws {
        let outcomes = try SampleColumns.outcomes()
        let theory = TheoryComparison.compare(outcomes) { _ in
            TheorySetting(
                problem: "quadratic", optimizer: "sgd", noiseModel: "gaussian", learningRate: 0.1, rho: 0, noise: 0.1,
                steps: 1000, blocks: [.init(eigenvalue: 1, multiplicity: 1, startNorm: 0)])
        }
        let document = FitDocument(outcomes: outcomes, theory: theory)
        #expect(theory.count == 4)
        for format in ReportCatalogue.all {
            #expect(format.render(document, style: style).contains("SGD on a quadratic, exact"), "\(format.name)")
        }
    }

    @Test func productsStandInEveryFormat() throws {
        var columns = SampleColumns()
        columns.setValues(.numbers([0.25, 0.5]), along: 1)
        let products = try ProductSession(columns, regressors: nil, request: FitRequest()).outcomes()
        #expect(products.count == 2)
        for format in ReportCatalogue.all {
            let text = format.render(products, style: style)
            #expect(text.contains("noise") && text.contains("rho"), "\(format.name)")
        }
        let json = ReportCatalogue.find("json")!.render(products, style: style)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(list[0]["model"] as? String == "product" && (list[0]["exponents"] as? [Any])?.count == 2)
    }
}

@Suite struct UncertainNumberTests {
    @Test(arguments: [
        (1.98, Interval(1.95, 2.01), "1.98 ± 0.03"), (1.9876, Interval(1.9, 2.01), "1.99 [1.90, 2.01]"),
        (2e-5, Interval(1.97e-5, 2.03e-5), "(2.00 ± 0.03)e-05"), (0.5, Interval(0.48, 0.52), "0.500 ± 0.020"),
        (0.500000000466, Interval(0.500000000466 - 3e-14, 0.500000000466 + 3e-14), "0.5000000004660 ± 3.0e-14"),
        (1234567, Interval(1_200_000, 1_269_200), "(1.23 ± 0.03)e+06"),
    ]) func digitsFollowTheInterval(value: Double, interval: Interval, text: String) {
        #expect(UncertainNumber(value: value, interval: interval).text == text)
    }

    @Test func withoutAnIntervalThereAreFiveDigits() {
        #expect(UncertainNumber(value: 2, interval: nil).text == "2.0000")
        #expect(UncertainNumber(value: 6.2e105, interval: Interval(-.infinity, .infinity)).text == "6.2e+105 ± inf")
    }
}
