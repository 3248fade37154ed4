/** The part of ECharts that the console draws with; loaded only when a chart comes into view. */
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, MarkLineComponent, SVGRenderer])

export { init }
