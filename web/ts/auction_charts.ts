// The charts of the auction house's pages.
import "ironstar/charts/echarts"
import "ironstar/charts/vega"
